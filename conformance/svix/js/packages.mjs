// The packages under test. They lie beside this file, or in the folder that SVIX_NODE_MODULES names.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const folder = process.env.SVIX_NODE_MODULES ?? new URL(".", import.meta.url).pathname;
const require = createRequire(`${folder}/any.js`);
const load = (name) => import(pathToFileURL(require.resolve(name)));

export const svix = await load("svix");
export const { Webhook } = (await load("standardwebhooks")).default;
