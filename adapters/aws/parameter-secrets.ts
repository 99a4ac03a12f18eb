/** Secrets as SecureStrings of the SSM parameter store, kept in memory for a while. */
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ForgeError } from '#core/domain/errors.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { SecretReader } from '#core/ports/secret-reader.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking, nameOf } from './service-failure.ts';

/** A secret that was changed is seen by every warm function within this time. */
const KEPT_MS = 5 * 60 * 1000;

export const ssmClient = (config?: ClientConfig): SSMClient => new SSMClient(clientConfig(config));

interface Kept {
  readonly value: Promise<string>;
  readonly until: number;
}

/** @param prefix of every secret's name, `/forge/<stage>` */
export function parameterSecrets(client: SSMClient, prefix: string, clock: Clock): SecretReader {
  const kept = new Map<string, Kept>();
  const remembered = (name: string, find: (path: string) => Promise<string>): Promise<string> => {
    const now = clock.now().getTime();
    const before = kept.get(name);
    if (before && before.until > now) return before.value;
    const value = asking('SSM', () => find(`${prefix}/${name}`));
    kept.set(name, { value, until: now + KEPT_MS });
    // A failure is not kept: the next one asks again.
    value.catch(() => kept.delete(name));
    return value;
  };
  return {
    read: (name) => remembered(name, async (path) => (await find(client, path)) ?? missing(path)),
    readOrMake: (name, make) =>
      remembered(name, async (path) => {
        const found = await find(client, path);
        if (found !== null) return found;
        await create(client, path, make());
        // Whoever was first: another one may have made it since we looked.
        return (await find(client, path)) ?? missing(path);
      }),
  };
}

async function find(client: SSMClient, name: string): Promise<string | null> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value ?? null;
  } catch (error) {
    if (nameOf(error) === 'ParameterNotFound') return null;
    throw error;
  }
}

async function create(client: SSMClient, name: string, value: string): Promise<void> {
  try {
    const secret = { Name: name, Value: value, Type: 'SecureString', Overwrite: false } as const;
    await client.send(new PutParameterCommand(secret));
  } catch (error) {
    if (nameOf(error) !== 'ParameterAlreadyExists') throw error;
  }
}

function missing(name: string): never {
  throw new ForgeError('dependency', `There is no secret ${name}.`, {
    code: 'secret_missing',
    hint: `Make it: aws ssm put-parameter --type SecureString --name ${name} --value …`,
  });
}
