// All calls of the installed Svix SDK, found by looking at it, and the operation behind each.
//
// A call is named by its way from the client (`endpoint.transformation.patch`), an operation by its method and path.

const REQUEST = /new SvixRequest\("(\w+)", "([^"]+)"\)/;

// Every public method of every resource of this client, by name.
export function allCalls(client) {
  const calls = new Map();
  walk(client, [], calls);
  return calls;
}

function walk(resource, way, calls) {
  const found = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(resource));
  for (const [name, { get, value }] of Object.entries(found)) {
    if (get) {
      walk(resource[name], [...way, name], calls);
    } else if (name !== "constructor" && typeof value === "function") {
      const call = read([...way, name].join("."), value.toString());
      calls.set(call.name, call);
    }
  }
}

function read(name, source) {
  const request = REQUEST.exec(source);
  if (!request) throw new Error(`cannot tell the operation of ${name}`);
  const [, method, path] = request;
  return {
    name,
    operation: `${method} ${path}`,
    pathParams: [...path.matchAll(/\{(\w+)\}/g)].map(([, param]) => param),
    hasBody: source.includes(".setBody("),
    isPaged: source.includes("limit: options?.limit"),
  };
}
