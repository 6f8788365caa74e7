'use strict';

// The login and password of an API user, sent by HTTP Basic, and the address of the server.
module.exports = {
  type: 'basic',
  fields: [
    {
      key: 'url',
      label: 'Server',
      required: true,
      type: 'string',
      helpText: 'Where Tidings is, such as https://hooks.example.com',
    },
  ],
  test: { url: '{{bundle.authData.url}}/api/webhooks/actions' },
  connectionLabel: '{{bundle.authData.username}}',
};
