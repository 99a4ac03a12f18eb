/** Requests that the OpenAPI document knows: path, query, headers, body and answer are checked against it by the compiler. */

import type { Connection } from './connection.ts';
import type { paths } from './generated/api-types.ts';
import { type RequestOptions, readJson, send } from './http.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** The paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [K in M]: { readonly responses: unknown } } ? P : never;
}[keyof paths];

type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends { readonly [K in M]: infer O }
  ? O
  : never;

type PathPart<O> = O extends { readonly parameters: { readonly path: infer V } }
  ? { readonly path: V }
  : object;
type QueryPart<O> = O extends { readonly parameters: { readonly query?: infer V } }
  ? [V] extends [undefined]
    ? object
    : { readonly query?: V }
  : object;
type HeaderPart<O> = O extends { readonly parameters: { readonly header: infer V } }
  ? { readonly headers: V }
  : O extends { readonly parameters: { readonly header?: infer V } }
    ? [V] extends [undefined]
      ? object
      : { readonly headers?: V }
    : object;
type BodyPart<O> = O extends {
  readonly requestBody: { readonly content: { readonly 'application/json': infer B } };
}
  ? { readonly body: B }
  : object;

type Manner = Pick<RequestOptions, 'repeatable' | 'limitSeconds'>;
export type Request<M extends Method, P extends PathOf<M>> = PathPart<Operation<M, P>> &
  QueryPart<Operation<M, P>> &
  HeaderPart<Operation<M, P>> &
  BodyPart<Operation<M, P>> &
  Manner;

type JsonOf<Response> = Response extends { content: { readonly 'application/json': infer A } } ? A : never;
type Responses<O> = O extends { readonly responses: infer R } ? R : never;
type Successes<R> = R[Extract<keyof R, 200 | 201 | 202>];

/** The JSON that a success answers. */
export type Answer<M extends Method, P extends PathOf<M>> = JsonOf<Successes<Responses<Operation<M, P>>>>;
export type Body<M extends Method, P extends PathOf<M>> =
  BodyPart<Operation<M, P>> extends { readonly body: infer B } ? B : never;
export type Query<M extends Method, P extends PathOf<M>> =
  QueryPart<Operation<M, P>> extends { readonly query?: infer Q } ? NonNullable<Q> : never;

/** The parts of a request as they are used, whatever the operation. */
interface Parts extends Manner {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: NonNullable<RequestOptions['query']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `/v1/runs/{id}` with its parameters filled in, each as one segment. */
export function fillPath<P extends keyof paths>(
  template: P,
  parameters: Readonly<Record<string, string>>,
): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
}

function sendParts(
  connection: Connection,
  method: Method,
  path: keyof paths,
  parts: Parts,
): Promise<Response> {
  const { path: parameters = {}, ...options } = parts;
  return send(connection, method.toUpperCase(), fillPath(path, parameters), options);
}

export interface Versioned<Value> {
  readonly value: Value;
  /** Names the version of the record, for If-Match. */
  readonly etag: string;
}

/** The answer with its ETag. */
export async function callVersioned<M extends Method, P extends PathOf<M>>(
  connection: Connection,
  method: M,
  path: P,
  request: Request<M, P>,
): Promise<Versioned<Answer<M, P>>> {
  const response = await sendParts(connection, method, path, request as Parts);
  const etag = response.headers.get('etag') ?? '';
  return { value: await readJson<Answer<M, P>>(response), etag };
}

export async function call<M extends Method, P extends PathOf<M>>(
  connection: Connection,
  method: M,
  path: P,
  request: Request<M, P>,
): Promise<Answer<M, P>> {
  return (await callVersioned(connection, method, path, request)).value;
}

/** A request whose success has no content. */
export async function callForNothing<M extends Method, P extends PathOf<M>>(
  connection: Connection,
  method: M,
  path: P,
  request: Request<M, P>,
): Promise<void> {
  await sendParts(connection, method, path, request as Parts);
}
