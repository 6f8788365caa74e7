'use strict';

// When a Zap is switched on, Zapier gives it a URL and asks us to subscribe it.
const performSubscribe = async (z, bundle) => {
  const response = await z.request({
    url: `${bundle.authData.url}/api/hooks`,
    method: 'POST',
    body: { event: bundle.inputData.event, target_url: bundle.targetUrl },
  });
  return response.data;
};

// When it is switched off, we get back what subscribing gave.
const performUnsubscribe = async (z, bundle) => {
  await z.request({
    url: `${bundle.authData.url}/api/hooks/${bundle.subscribeData.id}`,
    method: 'DELETE',
  });
  return {};
};

// What Tidings has sent to that URL.
const perform = (z, bundle) => [bundle.cleanedRequest];

// What people map fields from before anything has happened; has the form of what will be sent.
const performList = async (z, bundle) => {
  const event = encodeURIComponent(bundle.inputData.event);
  const response = await z.request(`${bundle.authData.url}/api/hooks/sample/${event}`);
  return response.data;
};

module.exports = {
  key: 'event',
  noun: 'Event',
  display: {
    label: 'New Event',
    description: 'Triggers when an event happens.',
  },
  operation: {
    type: 'hook',
    inputFields: [
      {
        key: 'event',
        label: 'Event',
        required: true,
        type: 'string',
        dynamic: 'actions.id.label',
      },
    ],
    performSubscribe,
    performUnsubscribe,
    perform,
    performList,
    sample: {
      action: 'CHAT_CONVERSATION_CREATED',
      conversation_id: '1b36a8b8-0f5c-4f0e-9f7b-2f1f7a3d0c55',
    },
  },
};
