-- Turns a database of Tidings into a distributed one (Citus): configuration on every node, all that grows
-- with what is sent spread by slot, and together. What is distributed already is left as it is.

-- What every node reads, and few write.
SELECT create_reference_table('counter') WHERE NOT is_distributed('counter');
SELECT create_reference_table('environment') WHERE NOT is_distributed('environment');
SELECT create_reference_table('api_key') WHERE NOT is_distributed('api_key');
SELECT create_reference_table('member') WHERE NOT is_distributed('member');
SELECT create_reference_table('member_session') WHERE NOT is_distributed('member_session');
SELECT create_reference_table('application') WHERE NOT is_distributed('application');
SELECT create_reference_table('api_user') WHERE NOT is_distributed('api_user');
SELECT create_reference_table('integration') WHERE NOT is_distributed('integration');
SELECT create_reference_table('session') WHERE NOT is_distributed('session');
SELECT create_reference_table('endpoint') WHERE NOT is_distributed('endpoint');
SELECT create_reference_table('board') WHERE NOT is_distributed('board');
SELECT create_reference_table('button') WHERE NOT is_distributed('button');
SELECT create_reference_table('event_type') WHERE NOT is_distributed('event_type');
SELECT create_reference_table('inbox') WHERE NOT is_distributed('inbox');
SELECT create_reference_table('audit_entry') WHERE NOT is_distributed('audit_entry');
SELECT create_reference_table('change') WHERE NOT is_distributed('change');
SELECT create_reference_table('schema_version') WHERE NOT is_distributed('schema_version');
SELECT create_reference_table('copy_progress') WHERE NOT is_distributed('copy_progress');

-- What belongs to a slot. The first decides how many shards there are; the others go with it.
SELECT create_distributed_table('message', 'slot', shard_count => {shards})
    WHERE NOT is_distributed('message');
SELECT create_distributed_table('payload_expiry', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('payload_expiry');
SELECT create_distributed_table('attempt', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('attempt');
SELECT create_distributed_table('pending', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('pending');
SELECT create_distributed_table('record', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('record');
SELECT create_distributed_table('record_change', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('record_change');
SELECT create_distributed_table('job', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('job');
SELECT create_distributed_table('dedup', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('dedup');
SELECT create_distributed_table('endpoint_state', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('endpoint_state');
SELECT create_distributed_table('line', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('line');
SELECT create_distributed_table('consumer', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('consumer');
SELECT create_distributed_table('inbox_request', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('inbox_request');
SELECT create_distributed_table('operational_event', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('operational_event');
SELECT create_distributed_table('journal', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('journal');
SELECT create_distributed_table('slot_lease', 'slot', colocate_with => 'message')
    WHERE NOT is_distributed('slot_lease');
