'use strict';

// The published events, for the menu of the other trigger. People do not see this one.
const perform = async (z, bundle) => {
  const response = await z.request(`${bundle.authData.url}/api/webhooks/actions`);
  return response.data.map(({ action, label }) => ({ id: action, label }));
};

module.exports = {
  key: 'actions',
  noun: 'Event',
  display: {
    label: 'List of Events',
    description: 'The events that can be subscribed to.',
    hidden: true,
  },
  operation: {
    perform,
    sample: { id: 'CHAT_CONVERSATION_CREATED', label: 'Conversation created' },
  },
};
