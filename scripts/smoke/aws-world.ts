/** The real account: a stage of its own, deployed and destroyed by `forge infra`, machines stopped by `aws`. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { call, callForge, ROOT } from './child.ts';
import { readState, writeWhole } from './run-steps.ts';
import { CORPUS, UPLOAD_FOLDER } from './steps.ts';
import { StepFailure, until, type World } from './world.ts';

export const STAGE = 'smoke';
const RUN_SECONDS = 3600;
const MACHINE_SECONDS = 1800;

export interface AwsChoice {
  /** Stage to begin with; its name and its triggers are replaced. */
  readonly config: string;
  readonly folder: string;
  /** Of the user who is made in the pool. */
  readonly email: string | undefined;
}

/** The configuration that is deployed: the given one under another name, unprotected, with one upload rule. */
export function smokeConfig(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const run = { apiVersion: 'forge/v1', phases: ['bitnet'], preset: 'test', input: { corpus: CORPUS } };
  const rule = { name: 'smoke', pattern: `${UPLOAD_FOLDER}*`, run };
  const triggers = { apiVersion: 'forge/v1', kind: 'Triggers', uploads: [rule], schedules: [] };
  return { ...given, stage: STAGE, protectData: false, triggers };
}

type Outputs = Readonly<Record<string, string>>;

/** Outputs of all stacks, as `forge infra deploy` has written them. */
function outputs(): Outputs {
  const stacks = JSON.parse(
    readFileSync(join(ROOT, 'dist', `stack-outputs.${STAGE}.json`), 'utf8'),
  ) as Record<string, Outputs>;
  return Object.assign({}, ...Object.values(stacks));
}

const aws = async (words: readonly string[]) =>
  (await call({ program: 'aws', words: [...words, '--output', 'text'] })).trim();

/** Makes the user, if there is none yet, and gives it the role that runs and uploads need. */
async function makeUser(email: string, { Issuer = '' }: Outputs, region: string): Promise<void> {
  const pool = ['--user-pool-id', Issuer.split('/').at(-1) ?? '', '--username', email, '--region', region];
  await aws(['cognito-idp', 'admin-create-user', ...pool, '--desired-delivery-mediums', 'EMAIL']).catch(
    (error: Error) => {
      if (!error.message.includes('UsernameExists')) throw error;
    },
  );
  await aws(['cognito-idp', 'admin-add-user-to-group', ...pool, '--group-name', 'tenant:default:maintainer']);
}

export function writeSmokeConfig({ config, folder }: AwsChoice): string {
  const file = join(folder, 'stage.json');
  mkdirSync(folder, { recursive: true });
  writeWhole(file, smokeConfig(JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>));
  return file;
}

export function awsWorld(choice: AwsChoice): World {
  const stageFile = writeSmokeConfig(choice);
  const { notes } = readState(choice.folder);
  const endpoint = () => ({ FORGE_ENDPOINT: outputs().SiteUrl ?? '' });
  return {
    folder: choice.folder,
    notes,
    patienceSeconds: RUN_SECONDS,
    forge: (words) => callForge(words, endpoint()),
    async deploy() {
      const words = ['infra', 'deploy', '--config', stageFile, '--yes'];
      return (await callForge(words)) as { account: string; region: string };
    },
    async signIn() {
      if (choice.email === undefined)
        throw new StepFailure('nobody to sign in as: give --email ADDRESS, which gets a password by mail');
      await makeUser(choice.email, outputs(), notes.region ?? '');
      await callForge(['login', '--stage', STAGE], endpoint());
    },
    async stopJob(runId) {
      const find = ['ec2', 'describe-instances', '--region', notes.region ?? ''];
      const filters = [
        `Name=tag:forge-stage,Values=${STAGE}`,
        'Name=instance-state-name,Values=running',
        'Name=instance-lifecycle,Values=spot',
      ];
      const query = ['--query', 'Reservations[0].Instances[0].InstanceId', '--filters', ...filters];
      const machine = await until(`a Spot machine for run ${runId}`, MACHINE_SECONDS, async () => {
        const found = await aws([...find, ...query]);
        return found.startsWith('i-') && found;
      });
      await aws(['ec2', 'terminate-instances', '--region', notes.region ?? '', '--instance-ids', machine]);
      return machine;
    },
    async destroy() {
      await callForge(['infra', 'destroy', '--config', stageFile, '--yes']);
    },
  };
}
