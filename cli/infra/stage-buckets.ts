/** Empties the buckets of a stage that is destroyed: CloudFormation deletes empty ones only. */

import { askAws } from '../aws/aws-command.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { counted } from '../output/figures.ts';
import type { StageCosts } from './stage-costs.ts';

/** The most that S3 deletes in one request, and few enough for one command line. */
const PAGE = 250;

/** The first object that was not deleted, and what the command prints where there is none. */
const KEPT = 'Errors[0].Key';
const NOTHING = 'None';

interface ObjectVersion {
  readonly Key: string;
  readonly VersionId: string;
}

/** Names of the buckets of every stack of the stage that is there. */
async function bucketsOf({ io }: Context, { stage, region }: StageCosts): Promise<readonly string[]> {
  const ofStage = `StackSummaries[?starts_with(StackName, 'Forge-${stage}-') && StackStatus != 'DELETE_COMPLETE'].StackName`;
  const stacks = await askAws(io, ['cloudformation', 'list-stacks', '--query', ofStage], region);
  const query = "StackResourceSummaries[?ResourceType=='AWS::S3::Bucket'].PhysicalResourceId";
  const found: string[] = [];
  for (const stack of stacks.split(/\s+/).filter(Boolean)) {
    const argv = ['cloudformation', 'list-stack-resources', '--stack-name', stack, '--query', query];
    found.push(...(await askAws(io, argv, region)).split(/\s+/).filter(Boolean));
  }
  return found;
}

function notEmptied(bucket: string, kept: string): CliError {
  return new CliError('dependency', `S3 would not delete ${kept} from ${bucket}.`, {
    code: 'bucket_not_emptied',
    hint: 'Look at the bucket policy and at object locks, then run the same command again.',
  });
}

/** Deletes every version of every object. @returns how many */
async function emptyBucket(
  { io, signal, aborted }: Context,
  bucket: string,
  region: string,
): Promise<number> {
  const query = '[Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}';
  const list = ['s3api', 'list-object-versions', '--bucket', bucket, '--max-items', String(PAGE)];
  for (let deleted = 0; ; ) {
    if (signal.aborted) throw aborted();
    const page = JSON.parse((await askAws(io, [...list, '--query', query], region, 'json')) || 'null') as
      | readonly (ObjectVersion | null)[]
      | null;
    const versions = (page ?? []).filter((version) => version !== null);
    if (versions.length === 0) return deleted;
    const what = JSON.stringify({ Objects: versions, Quiet: true });
    const remove = ['s3api', 'delete-objects', '--bucket', bucket, '--delete', what, '--query', KEPT];
    // What cannot be deleted would be listed again for ever.
    const kept = await askAws(io, remove, region);
    if (kept && kept !== NOTHING) throw notEmptied(bucket, kept);
    deleted += versions.length;
  }
}

export async function emptyBuckets(context: Context, costs: StageCosts): Promise<void> {
  for (const bucket of await bucketsOf(context, costs)) {
    const deleted = await emptyBucket(context, bucket, costs.region);
    context.console.note(`${bucket}: ${counted(deleted, 'version')} deleted`);
  }
}
