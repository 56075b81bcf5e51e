// What an application does with S3 through the Java SDK of version 2, with its default settings. Run by s3_tools_test.py
// with the SDK's jars on the class path; ENDPOINT says where S3 is.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

public class Client {
    static final String BUCKET = "java";

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    public static void main(String[] arguments) throws Exception {
        var endpoint = URI.create(System.getenv("ENDPOINT"));
        try (var s3 = S3Client.builder().endpointOverride(endpoint).forcePathStyle(true).build()) {
            s3.createBucket(request -> request.bucket(BUCKET));
            objects(s3);
            pages(s3);
            largeObjects(s3, endpoint);
            presigned(endpoint);
            removeAll(s3);
        }
        System.out.println("all is well");
    }

    static void objects(S3Client s3) {
        s3.putObject(
            request -> request.bucket(BUCKET).key("a/ü b+c").contentType("text/plain").metadata(Map.of("who", "me")),
            RequestBody.fromString("hello"));
        var got = s3.getObjectAsBytes(request -> request.bucket(BUCKET).key("a/ü b+c"));
        check(got.asUtf8String().equals("hello"), "the bytes");
        check(got.response().metadata().equals(Map.of("who", "me")), "the metadata");
        for (var algorithm : List.of(ChecksumAlgorithm.CRC32_C, ChecksumAlgorithm.SHA256)) {
            s3.putObject(
                request -> request.bucket(BUCKET).key("checked").checksumAlgorithm(algorithm),
                RequestBody.fromString("checked"));
            check(s3.getObjectAsBytes(request -> request.bucket(BUCKET).key("checked")).asUtf8String().equals("checked"),
                "bytes with a checksum");
        }
        try {
            s3.getObjectAsBytes(request -> request.bucket(BUCKET).key("absent"));
            check(false, "an absent key");
        } catch (NoSuchKeyException expected) {
        }
        try {
            s3.putObject(request -> request.bucket(BUCKET).key("checked").ifNoneMatch("*"), RequestBody.fromString("x"));
            check(false, "a key that is there");
        } catch (S3Exception expected) {
            check(expected.statusCode() == 412, "a precondition that failed");
        }
    }

    static void pages(S3Client s3) {
        for (int n = 0; n < 5; ++n) {
            var key = "page/" + n;
            s3.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromString("x"));
        }
        var pages = s3.listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix("page/").maxKeys(2));
        var keys = pages.contents().stream().map(S3Object::key).toList();
        check(keys.equals(List.of("page/0", "page/1", "page/2", "page/3", "page/4")), "the keys of all pages");
    }

    static void largeObjects(S3Client s3, URI endpoint) throws Exception {
        var large = new byte[12 << 20];
        for (int i = 0; i < large.length; ++i) large[i] = (byte) (i % 251);
        var source = Files.createTempFile("large", ".bin");
        Files.write(source, large);
        var target = Path.of(source + ".back");
        var client = S3AsyncClient.builder().endpointOverride(endpoint).forcePathStyle(true).multipartEnabled(true).build();
        try (var transfers = S3TransferManager.builder().s3Client(client).build()) {
            transfers.uploadFile(t -> t.source(source).putObjectRequest(r -> r.bucket(BUCKET).key("large")))
                .completionFuture().join();
            transfers.downloadFile(t -> t.destination(target).getObjectRequest(r -> r.bucket(BUCKET).key("large")))
                .completionFuture().join();
        }
        client.close();
        check(Arrays.equals(Files.readAllBytes(target), large), "a large object there and back");
        check(s3.headObject(request -> request.bucket(BUCKET).key("large")).eTag().contains("-"), "an upload in parts");
    }

    static void presigned(URI endpoint) throws Exception {
        var style = S3Configuration.builder().pathStyleAccessEnabled(true).build();
        try (var presigner = S3Presigner.builder().endpointOverride(endpoint).serviceConfiguration(style).build()) {
            var url = presigner.presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(1))
                .getObjectRequest(get -> get.bucket(BUCKET).key("a/ü b+c"))).url();
            var answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url.toURI()).build(), HttpResponse.BodyHandlers.ofString());
            check(answer.statusCode() == 200 && answer.body().equals("hello"), "a presigned URL");
        }
    }

    static void removeAll(S3Client s3) {
        var all = s3.listObjectsV2(request -> request.bucket(BUCKET)).contents().stream()
            .map(object -> ObjectIdentifier.builder().key(object.key()).build()).toList();
        var removed = s3.deleteObjects(request -> request.bucket(BUCKET).delete(delete -> delete.objects(all)));
        check(removed.deleted().size() == 8, "all that was put");
        s3.deleteBucket(request -> request.bucket(BUCKET));
    }
}
