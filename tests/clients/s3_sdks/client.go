// What an application does with S3 through the Go SDK of version 2, with its default settings. Built by
// s3_tools_test.py in a module that has the SDK; ENDPOINT says where S3 is.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func expect(holds bool, what string) {
	if !holds {
		panic("not as expected: " + what)
	}
}

func code(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	return ""
}

func main() {
	ctx := context.Background()
	client := s3.NewFromConfig(must(config.LoadDefaultConfig(ctx)), func(options *s3.Options) {
		options.BaseEndpoint = aws.String(os.Getenv("ENDPOINT"))
		options.UsePathStyle = os.Getenv("PATH_STYLE") == "yes"
	})
	bucket := aws.String("golang")
	must(client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}))
	key := aws.String("a/ü b+c")
	must(client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: key, Body: bytes.NewReader([]byte("hello")), Metadata: map[string]string{"who": "me"},
	}))
	got := must(client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key}))
	expect(string(must(io.ReadAll(got.Body))) == "hello" && got.Metadata["who"] == "me", "an object")

	large := bytes.Repeat([]byte("0123456789abcdef"), 12<<16)
	must(manager.NewUploader(client).Upload(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("large"), Body: bytes.NewReader(large),
	}))
	back := manager.NewWriteAtBuffer(nil)
	must(manager.NewDownloader(client).Download(ctx, back, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("large")}))
	expect(bytes.Equal(back.Bytes(), large), "a large object")

	for n := 0; n < 5; n++ {
		must(client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(fmt.Sprint("page/", n))}))
	}
	var objects []types.ObjectIdentifier
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(2)})
	for pages.HasMorePages() {
		for _, object := range must(pages.NextPage(ctx)).Contents {
			objects = append(objects, types.ObjectIdentifier{Key: object.Key})
		}
	}
	expect(len(objects) == 7, "a listing")

	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, IfNoneMatch: aws.String("*")})
	expect(code(err) == "PreconditionFailed", "a refused write")
	_, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("absent")})
	expect(code(err) == "NoSuchKey", "a missing key")

	url := must(s3.NewPresignClient(client).PresignGetObject(
		ctx, &s3.GetObjectInput{Bucket: bucket, Key: key}, s3.WithPresignExpires(time.Minute)))
	answer := must(http.Get(url.URL))
	expect(string(must(io.ReadAll(answer.Body))) == "hello", "a presigned URL")

	must(client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: objects}}))
	must(client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}))
	fmt.Println("all is well")
}
