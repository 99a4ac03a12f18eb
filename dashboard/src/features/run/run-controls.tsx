import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { post } from '../../lib/api.ts';
import type { Run, RunStatus } from '../../lib/api-types.ts';
import { runQuery } from '../../lib/queries.ts';

type Verb = 'pause' | 'resume' | 'cancel' | 'retry';

/** What the statuses of a run allow; the server has the last word. */
const VERBS: Partial<Record<RunStatus, readonly Verb[]>> = {
  queued: ['cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['retry'],
  cancelled: ['retry'],
  succeeded: ['retry'],
};

export function RunControls({ run }: { readonly run: Run }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const control = useMutation({
    mutationFn: (verb: Verb) => {
      const path = `/v1/runs/${run.id}/${verb}`;
      return verb === 'retry'
        ? post<Run>(path, {}, { 'idempotency-key': crypto.randomUUID() })
        : post<Run>(path, undefined);
    },
    onSuccess: (changed) => {
      if (changed.id !== run.id) go(`/runs/${changed.id}`);
      return queries.invalidateQueries({ queryKey: runQuery(run.id).queryKey });
    },
  });
  return (
    <div className="row">
      {(VERBS[run.status] ?? []).map((verb) => (
        <button key={verb} type="button" disabled={control.isPending} onClick={() => control.mutate(verb)}>
          {verb[0]?.toUpperCase()}
          {verb.slice(1)}
        </button>
      ))}
      <Link href={`/compare?runs=${run.id}`}>Compare</Link>
      {control.error && (
        <p role="alert" data-term="">
          {control.error.message}
        </p>
      )}
    </div>
  );
}
