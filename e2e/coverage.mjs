// Whether axe has looked at every page that the router has, in light and in dark: the routes are read from the code, so a new page
// that no walk looks at fails the run.

import { readFileSync } from "node:fs";
import { check, expect, looked } from "./kit.mjs";

const SOURCES = ["lib.rs", "docs.rs", "portal.rs", "dashboard.rs", "dashboard/inboxes.rs"];
const ROUTE = /\.route\(\s*(?:"(?<path>[^"]+)"|&at\("(?<below>[^"]*)"\)|(?<constant>[A-Z]+)|(?<elsewhere>[\w:]+)),\s*get\(/g;
/** What is answered to GET and is no page: styles, pictures, streams, files to keep, and ways that lead on. */
const NO_PAGES = [
  "/static/{name}", "/portal/theme.css", "/portal/logo", "/dashboard/live", "/dashboard/jobs/live", "/dashboard/inboxes/{inbox}/live",
  "/dashboard/inboxes/{inbox}/requests/{request}/live", "/dashboard/inboxes/{inbox}/requests/{request}/body", "/dashboard", "/portal",
  "/portal/{app}", "/dashboard/sign-on", "/dashboard/sign-on/back",
];

function routesOf(source) {
  const text = readFileSync(new URL(`../crates/tidings_web/src/${source}`, import.meta.url), "utf8");
  const constants = Object.fromEntries([...text.matchAll(/const ([A-Z]+): &str = "([^"]+)"/g)].map(([, name, value]) => [name, value]));
  const routes = [...text.matchAll(ROUTE)].filter(({ groups }) => groups.elsewhere === undefined);
  return routes.map(({ groups: { path, below, constant } }) => path ?? (constant ? constants[constant] : `${constants.FOLDER}/{inbox}${below}`));
}

/** The route that a path is of: of several the one with the fewest parameters. */
function routeOf(path, routes) {
  const parameters = (route) => route.split("{").length;
  const fitting = routes.filter((route) => new RegExp(`^${route.replace(/\{\w+\}/g, "[^/]+")}$`).test(path));
  return fitting.sort((one, other) => parameters(one) - parameters(other))[0];
}

export async function checkCoverage() {
  const routes = SOURCES.flatMap(routesOf);
  const seen = new Map(routes.map((route) => [route, new Set()]));
  for (const [path, themes] of looked) for (const theme of themes) seen.get(routeOf(path, routes))?.add(theme);
  await check("axe has looked at every page", "-", async () => {
    const gone = NO_PAGES.filter((path) => !routes.includes(path));
    expect(gone.length === 0, `there is no route ${gone.join(", ")}`);
    const pages = routes.filter((route) => !NO_PAGES.includes(route));
    expect(pages.length > 50, `only ${pages.length} routes are found in the code`);
    const missing = pages.filter((route) => seen.get(route).size < 2).map((route) => `${route} (${[...seen.get(route)].join(", ") || "never"})`);
    expect(missing.length === 0, `not in light and dark: ${missing.join("; ")}`);
  });
}
