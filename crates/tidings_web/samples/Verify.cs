using System.Security.Cryptography;
using System.Text;

static class Webhook
{
    /// Whether a request is genuine. The body is as it came.
    public static bool Verify(string secret, IDictionary<string, string> headers, byte[] body)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var sentAt = headers["webhook-timestamp"];
        var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(sentAt);
        if (Math.Abs(age) > 300) return false; // recorded by somebody, and sent once more
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{sentAt}."), .. body];
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        // While a secret is replaced there are two signatures.
        return headers["webhook-signature"].Split(' ').Any(found =>
            CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(found), expected));
    }
}
