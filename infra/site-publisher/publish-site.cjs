/**
 * Called by CloudFormation when the stack of the site is created, changed or deleted: makes the bucket hold the pages of
 * the layer in /opt and the settings, and nothing else. It needs no package but the SDK that the runtime brings.
 */
const { readdir, readFile } = require('node:fs/promises');
const { extname, join, relative, sep } = require('node:path');
const {
  DeleteObjectsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} = require('@aws-sdk/client-s3');

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const SETTINGS = 'settings.json';
const REASON_CHARACTERS = 1000;

/** A file below assets/ has its hash in its name; every other one is asked for anew, so that nothing has to be purged. */
const cacheControl = (key) =>
  key.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';

async function pagesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((path) => ({ path, key: relative(folder, path).split(sep).join('/') }));
}

async function put(client, bucket, key, body) {
  const ContentType = TYPES[extname(key)] ?? 'application/octet-stream';
  const CacheControl = cacheControl(key);
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType, CacheControl }),
  );
}

async function removeAllBut(client, bucket, kept) {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    const Objects = Contents.filter(({ Key }) => !kept.has(Key)).map(({ Key }) => ({ Key }));
    if (Objects.length === 0) continue;
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  }
}

/** New pages first, index.html last of them, what is no longer there after that: a visitor never meets a gap. */
async function publish(client, { bucket, folder, settings }) {
  const pages = await pagesOf(folder);
  const ordered = pages.sort(
    (one, other) => Number(one.key === 'index.html') - Number(other.key === 'index.html'),
  );
  await put(client, bucket, SETTINGS, settings);
  for (const { key, path } of ordered) await put(client, bucket, key, await readFile(path));
  await removeAllBut(client, bucket, new Set([SETTINGS, ...pages.map(({ key }) => key)]));
}

/** A bucket is deleted only when it is empty; one that is kept stays as it is. */
async function unpublish(client, { bucket, keep }) {
  if (!keep) await removeAllBut(client, bucket, new Set());
}

/** CloudFormation waits for this answer, of a failure as well. */
async function answer(event, status, reason) {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({
    Status: status,
    Reason: reason.slice(0, REASON_CHARACTERS),
    PhysicalResourceId: 'site-content',
    StackId,
    RequestId,
    LogicalResourceId,
  });
  const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation refused the answer: ${response.status}`);
}

function createHandler(client, folder) {
  return async (event) => {
    const { Bucket, Settings, Keep } = event.ResourceProperties;
    try {
      if (event.RequestType === 'Delete') await unpublish(client, { bucket: Bucket, keep: Keep === 'true' });
      else await publish(client, { bucket: Bucket, folder, settings: Settings });
    } catch (error) {
      console.error(error);
      return answer(event, 'FAILED', `The site could not be published: ${error.message}`);
    }
    return answer(event, 'SUCCESS', 'The site is published.');
  };
}

module.exports = { createHandler, handler: createHandler(new S3Client(), '/opt') };
