'use strict';

// A Zapier integration for Tidings: an instant trigger for any event, by REST hooks. docs/rest-hooks.md
// describes the paths that it calls. `zapier push` from this folder brings it to Zapier.

const authentication = require('./authentication');
const actions = require('./triggers/actions');
const event = require('./triggers/event');

module.exports = {
  version: require('./package.json').version,
  platformVersion: require('zapier-platform-core').version,
  authentication,
  triggers: {
    [event.key]: event,
    [actions.key]: actions,
  },
};
