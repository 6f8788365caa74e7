'use strict';

// Does one step of the integration in examples/zapier as Zapier would: `run_zapier.cjs STEP`, with the bundle
// as JSON in the variable BUNDLE. Prints what the step gives.

const path = require('node:path');
const zapier = require('zapier-platform-core');
const createHandler = require('zapier-platform-core/src/tools/create-lambda-handler');
const App = require(path.join(__dirname, '../../../../../examples/zapier'));

const steps = {
  authenticate: App.authentication.test,
  events: App.triggers.actions.operation.perform,
  subscribe: App.triggers.event.operation.performSubscribe,
  unsubscribe: App.triggers.event.operation.performUnsubscribe,
  perform: App.triggers.event.operation.perform,
  samples: App.triggers.event.operation.performList,
};

const run = async (name) => {
  if (name === 'definition') {
    // What is wrong with the integration, by Zapier's own rules.
    return (await createHandler(App)({ command: 'validate' })).results;
  }
  const test = zapier.createAppTester(App);
  return test(steps[name], JSON.parse(process.env.BUNDLE));
};

run(process.argv[2]).then(
  (given) => console.log(JSON.stringify(given)),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
