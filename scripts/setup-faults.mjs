import { SetupError } from './project.mjs';

/** What package managers print when the cause is outside the project → what a person can do about it. */
const CAUSES = [
  {
    pattern: /ENOSPC|No space left on device/i,
    cause: 'the disk is full',
    fix: 'Free some space (4 GB are enough for everything) and run the same command again.',
  },
  {
    pattern: /self.signed certificate|CERTIFICATE_VERIFY_FAILED|UNABLE_TO_GET_ISSUER_CERT|SELF_SIGNED_CERT/i,
    cause: 'the certificate of the package registry is not trusted here',
    fix: "Point npm and pip at your network's certificate: NODE_EXTRA_CA_CERTS=… and PIP_CERT=…, then run it again.",
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|getaddrinfo|NewConnectionError|Failed to establish a new connection|Temporary failure in name resolution|Read timed out|No matching distribution found/i,
    cause: 'the package registry cannot be reached',
    fix: 'Check the network or proxy (HTTPS_PROXY, npm config get registry, PIP_INDEX_URL) and run the same command again.',
  },
  {
    pattern: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    cause: 'a folder of the project cannot be written',
    fix: 'Make the checkout writable for this user (do not use sudo) and run the same command again.',
  },
  {
    pattern: /ensurepip is not available|No module named (venv|ensurepip)/i,
    cause: "Python's venv module is missing",
    fix: 'Install it (Debian and Ubuntu: apt install python3-venv) or set FORGE_PYTHON to another Python 3.11+.',
  },
];

const lastLines = (output, count) =>
  output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line && !/^\s+at /.test(line))
    .slice(-count)
    .map((line) => `    ${line.trimStart()}`)
    .join('\n');

/**
 * Turns a failed step's output into what to tell a person.
 * @param what the step's name
 * @param output everything that the tool printed
 * @param log where all of it can be read
 */
export function explainFailure(what, output, log) {
  const known = CAUSES.find(({ pattern }) => pattern.test(output));
  if (known)
    return new SetupError(`${what} failed: ${known.cause}.`, `${known.fix} All of its output: ${log}`);
  return new SetupError(
    output.trim()
      ? `${what} failed. Its last words:\n${lastLines(output, 6)}`
      : `${what} failed and printed nothing.`,
    `Read ${log}, mend the cause and run the same command again; the step starts afresh.`,
  );
}
