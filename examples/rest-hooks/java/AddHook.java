// Adds a webhook. Needs Java 17 and nothing else.
//
//   TIDINGS_URL=https://… TIDINGS_LOGIN=… TIDINGS_PASSWORD=… java AddHook.java https://example.pl

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

public class AddHook {
    public static void main(String[] arguments) throws Exception {
        String target = arguments.length > 0 ? arguments[0] : "https://example.pl";
        String body = "{\"actions\":[\"CHAT_CONVERSATION_CREATED\"],\"subscription_url\":\"" + target + "\"}";
        String user = System.getenv("TIDINGS_LOGIN") + ":" + System.getenv("TIDINGS_PASSWORD");
        String basic = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));

        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("TIDINGS_URL") + "/api/webhooks"))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Accept", "application/json")
            // Sent at once: the client's own authenticator would wait to be asked.
            .header("Authorization", "Basic " + basic)
            .POST(BodyPublishers.ofString(body))
            .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        System.out.println(response.body());
        if (response.statusCode() != 200) {
            System.err.println("Code " + response.statusCode());
            System.exit(1);
        }
    }
}
