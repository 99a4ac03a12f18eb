/** The files of a model, hashed here, sent to the addresses that the server gives, then registered. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { Panel } from '../../components/panel.tsx';
import { post } from '../../lib/api.ts';
import type { Model } from '../../lib/api-types.ts';
import { Refusal } from './refusal.tsx';

interface Offer {
  readonly exists?: boolean;
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const hex = (digest: ArrayBuffer): string =>
  [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function sendFile(file: File): Promise<{ path: string; sha256: string; bytes: number }> {
  const bytes = await file.arrayBuffer();
  const sha256 = hex(await crypto.subtle.digest('SHA-256', bytes));
  const facts = { sha256, bytes: file.size, mediaType: 'application/octet-stream' };
  const { exists = false, url = '', method = 'PUT', headers = {} } = await post<Offer>('/v1/uploads', facts);
  if (!exists) {
    const answer = await fetch(url, { method, headers, body: bytes });
    if (!answer.ok) throw new Error(`${file.name} was refused with ${answer.status}.`);
  }
  return { path: file.name, sha256, bytes: file.size };
}

async function upload({
  name,
  licence,
  files,
}: {
  name: string;
  licence: string;
  files: readonly File[];
}): Promise<Model> {
  const sent = [];
  for (const file of files) sent.push(await sendFile(file));
  return post<Model>('/v1/models', { name, files: sent, ...(licence === '' ? {} : { licence }) });
}

export default function UploadModel() {
  const [files, setFiles] = useState<readonly File[]>([]);
  const sending = useMutation({ mutationFn: upload });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    sending.mutate({ name: String(form.get('name')), licence: String(form.get('licence')), files });
  };
  return (
    <Panel title="Upload a model">
      <form onSubmit={submit}>
        <div className="fields">
          <div className="field">
            <label htmlFor="upload-name">Name</label>
            <input id="upload-name" name="name" required />
          </div>
          <div className="field">
            <label htmlFor="upload-licence">Licence</label>
            <input id="upload-licence" name="licence" />
          </div>
          <div className="field">
            <label htmlFor="upload-files">Files: config.json, tokenizer.json, safetensors</label>
            <input
              id="upload-files"
              type="file"
              multiple
              required
              onChange={({ target }) => setFiles([...(target.files ?? [])])}
            />
          </div>
        </div>
        <button type="submit" className="main" disabled={sending.isPending}>
          {sending.isPending ? 'Sending and checking …' : 'Upload and register'}
        </button>
      </form>
      <Refusal error={sending.error} />
      {sending.data && (
        <p role="status" data-term="">
          Registered as{' '}
          <Link href={`/models/${sending.data.id}`}>{`${sending.data.name}@${sending.data.version}`}</Link>.
        </p>
      )}
    </Panel>
  );
}
