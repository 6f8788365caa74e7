<?php
// Adds a webhook. Needs PHP with its curl extension.
//
//   TIDINGS_URL=https://… TIDINGS_LOGIN=… TIDINGS_PASSWORD=… php add_hook.php https://example.pl

$data = json_encode([
    'actions' => ['CHAT_CONVERSATION_CREATED'],
    'subscription_url' => $argv[1] ?? 'https://example.pl',
    'http_auth_user' => $argv[2] ?? '',
    'http_auth_password' => $argv[3] ?? '',
], JSON_UNESCAPED_UNICODE);

$headers = [
    'Accept: application/json',
    // No Content-Length: curl counts the bytes itself. `mb_strlen` would count characters.
    'Content-Type: application/json; charset=utf-8',
];

$request = curl_init(getenv('TIDINGS_URL') . '/api/webhooks');
curl_setopt_array($request, [
    CURLOPT_POST => true,
    CURLOPT_POSTFIELDS => $data,
    CURLOPT_HTTPHEADER => $headers,
    CURLOPT_HTTPAUTH => CURLAUTH_BASIC,
    CURLOPT_USERPWD => getenv('TIDINGS_LOGIN') . ':' . getenv('TIDINGS_PASSWORD'),
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 30,
]);
$response = curl_exec($request);
$code = curl_getinfo($request, CURLINFO_HTTP_CODE);

if ($response === false) {
    fwrite(STDERR, 'No answer: ' . curl_error($request) . "\n");
    exit(2);
}
if ($code == 200) {
    print_r(json_decode($response, true));
} else {
    echo "Code $code: $response\n";
    exit(1);
}
