/** Every function that the state machines and the runner call, made with the embedded ports. */
import contract from '#contracts/functions.json' with { type: 'json' };
import type { Triggers } from '#contracts/source/triggers.ts';
import type { Notifier } from '#core/ports/notifier.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Sending } from '#core/ports/sending.ts';
import { createCompletePhase } from '#functions/complete-phase/complete-phase.ts';
import { createDeliverWebhooks } from '#functions/deliver-webhooks/deliver-webhooks.ts';
import { createFailPhase } from '#functions/fail-phase/fail-phase.ts';
import { createFinishRun } from '#functions/finish-run/finish-run.ts';
import { createIngestEvents } from '#functions/ingest-events/ingest-events.ts';
import { createMeterRuns } from '#functions/meter-runs/meter-runs.ts';
import { createNotify } from '#functions/notify/notify.ts';
import { createOnSchedule } from '#functions/on-schedule/on-schedule.ts';
import { createOnUpload } from '#functions/on-upload/on-upload.ts';
import { createPrepareRun } from '#functions/prepare-run/prepare-run.ts';
import { createRecordJob } from '#functions/record-job/record-job.ts';
import type { TaskFunction } from '#functions/shared/task-function.ts';
import { createStartPhase } from '#functions/start-phase/start-phase.ts';

/** What this process does by itself: it has the server, its sockets and keys, hears of every end, and no table streams. */
type InProcess =
  | 'api'
  | 'authorise-key'
  | 'event-socket'
  | 'push-events'
  | 'reconcile'
  | 'relay-events'
  | Subscriber;
/** Called by the relay of events only. */
type Subscriber = 'notify';
export type SubscriberTable = Readonly<Record<Subscriber, TaskFunction>>;
/** The rest of contracts/functions.json: a name that is not there does not compile. */
export type FunctionName = Exclude<keyof (typeof contract)['functions'], InProcess>;
export type FunctionTable = Readonly<Record<FunctionName, TaskFunction>>;

export function functionTable(ports: Ports & Sending, triggers: Triggers): FunctionTable {
  return {
    'prepare-run': createPrepareRun(ports),
    'start-phase': createStartPhase(ports),
    'complete-phase': createCompletePhase(ports),
    'fail-phase': createFailPhase(ports),
    'finish-run': createFinishRun(ports),
    'ingest-events': createIngestEvents(ports),
    'deliver-webhooks': createDeliverWebhooks(ports),
    'record-job': createRecordJob(ports),
    'meter-runs': createMeterRuns(ports, { lookSeconds: 1 }),
    'on-upload': createOnUpload(ports, triggers.uploads),
    'on-schedule': createOnSchedule(ports, triggers.schedules),
  };
}

export function subscriberTable(ports: { readonly notifier: Notifier }): SubscriberTable {
  return { notify: createNotify(ports) };
}
