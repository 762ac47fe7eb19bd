import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.stream.Collectors;

/**
 * The server that transcripts.json has the token exchange service of Greengrass from: the JDK's own,
 * which the nucleus uses, around the checks of its handler. Start it with `java Greengrass.java`.
 */
public final class Greengrass {
    private static final String PATH = "/2016-11-01/credentialprovider/";
    public static void main(String[] arguments) throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 18104), 0);
        server.createContext(PATH, Greengrass::handle);
        server.start();
    }
    private static void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(405, -1);
            } else if (!exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(400, -1);
            } else if (!"open-sesame".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(403, -1);
            } else {
                // The nucleus writes a HashMap, whose order follows from the keys alone.
                var held = new HashMap<String, String>();
                held.put("AccessKeyId", "ASIAQQQQQQQQQQQQQQQQ");
                held.put("SecretAccessKey", "wJalr/XUtn+FEMI");
                held.put("Token", "IQoJ//b3JpZ2lu==");
                held.put("Expiration", "2026-01-02T09:00:00Z");
                var members = held.entrySet().stream().map(each -> "\"" + each.getKey() + "\":\"" + each.getValue() + "\"");
                byte[] body = ("{" + members.collect(Collectors.joining(",")) + "}").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }
}
