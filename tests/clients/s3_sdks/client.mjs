// What an application does with S3 through the JavaScript SDK of version 3, with its default settings. Run by
// s3_tools_test.py in a folder whose node_modules has the SDK; ENDPOINT says where S3 is.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { S3Client, ...commands } = createRequire(process.cwd() + "/")("@aws-sdk/client-s3");
const { Upload } = createRequire(process.cwd() + "/")("@aws-sdk/lib-storage");
const { getSignedUrl } = createRequire(process.cwd() + "/")("@aws-sdk/s3-request-presigner");

const s3 = new S3Client({ endpoint: process.env.ENDPOINT, forcePathStyle: process.env.PATH_STYLE === "yes" });
const Bucket = "javascript";
const send = (name, input = {}) => s3.send(new commands[name + "Command"]({ Bucket, ...input }));

await send("CreateBucket");
await send("PutObject", { Key: "a/ü b+c", Body: "hello", ContentType: "text/plain", Metadata: { who: "me" } });
const got = await send("GetObject", { Key: "a/ü b+c" });
assert.equal(await got.Body.transformToString(), "hello");
assert.equal(got.ContentType, "text/plain");
assert.deepEqual(got.Metadata, { who: "me" });

const large = Buffer.alloc(12 << 20, "0123456789");
await new Upload({ client: s3, params: { Bucket, Key: "large", Body: large }, partSize: 5 << 20 }).done();
const back = Buffer.from(await (await send("GetObject", { Key: "large" })).Body.transformToByteArray());
assert.ok(back.equals(large));
const part = await send("GetObject", { Key: "large", Range: "bytes=5242878-5242881" });
assert.equal(await part.Body.transformToString(), "8901");

for (let n = 0; n < 5; ++n) await send("PutObject", { Key: "page/" + n, Body: "x" });
const keys = [];
for await (const page of commands.paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Prefix: "page/" }))
    keys.push(...page.Contents.map(entry => entry.Key));
assert.deepEqual(keys, [0, 1, 2, 3, 4].map(n => "page/" + n));

await assert.rejects(send("PutObject", { Key: "large", Body: "x", IfNoneMatch: "*" }), { name: "PreconditionFailed" });
await assert.rejects(send("GetObject", { Key: "absent" }), { name: "NoSuchKey" });
const url = await getSignedUrl(s3, new commands.GetObjectCommand({ Bucket, Key: "a/ü b+c" }), { expiresIn: 60 });
assert.equal(await (await fetch(url)).text(), "hello");

const all = await send("ListObjectsV2");
const removed = await send("DeleteObjects", { Delete: { Objects: all.Contents.map(({ Key }) => ({ Key })) } });
assert.equal(removed.Deleted.length, 7);
await send("DeleteBucket");
console.log("all is well");
