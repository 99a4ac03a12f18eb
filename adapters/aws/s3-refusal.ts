/** What S3 answers instead of doing the work, as an error. */
import { readXml, textOf } from './s3-xml.ts';

type Words = Readonly<Record<string, string>>;

/** HEAD is answered without a body: the status is all that there is. */
const BY_STATUS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  412: 'PreconditionFailed',
  503: 'InternalError',
};

/** Its name is S3's code; `$metadata` and `$response` stand where the SDK's own errors have them. */
export class S3Refusal extends Error {
  readonly $metadata: { readonly httpStatusCode: number; attempts?: number };
  readonly $response: { readonly statusCode: number; readonly headers: Words };

  constructor(code: string, message: string, statusCode: number, headers: Words) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode: statusCode };
    this.$response = { statusCode, headers };
  }
}

/** What stands between is no S3, and may answer in any words. */
function elementOf(text: string) {
  try {
    return readXml(text);
  } catch {
    return undefined;
  }
}

export function refusedBy(status: number, headers: Words, text: string): S3Refusal {
  const error = elementOf(text);
  const code = textOf(error, 'Code') || BY_STATUS[status] || `HTTP ${status}`;
  return new S3Refusal(code, textOf(error, 'Message') || `S3 answered ${status}.`, status, headers);
}
