/** The phases in time: attempts, what was waited for and what ran. */
import { Link } from 'wouter';
import { Elapsed, Figure, Moment } from '../../components/figure.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { ForgeEvent, PhaseRecord, Run } from '../../lib/api-types.ts';
import { pick, pointer } from '../../lib/record-source.ts';
import { useRunEvents } from '../../lib/run-events.ts';
import { type JobTimes, jobTimes } from './job-times.ts';

const percent = (part: number, whole: number): string =>
  `${whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0}%`;

interface BarProps {
  readonly begin: number;
  readonly end: number;
  readonly jobs: readonly JobTimes[];
}

const timeOf = (event: ForgeEvent): number => Date.parse(event.at);

/** Waiting is hatched, running is filled; the table beside it says the same in words. */
function Bar({ begin, end, jobs }: BarProps) {
  const whole = end - begin;
  const piece = (key: string, kind: string, from: number, to: number) => (
    <span
      key={key}
      className={kind}
      style={{ left: percent(from - begin, whole), width: percent(to - from, whole) }}
    />
  );
  return (
    <div className="bar" aria-hidden="true">
      {jobs.flatMap(({ key, submitted, started, finished }) => {
        const stop = finished ? timeOf(finished) : end;
        const start = started ? timeOf(started) : stop;
        return [
          piece(`${key} wait`, 'waited', timeOf(submitted), start),
          piece(`${key} run`, 'ran', start, stop),
        ];
      })}
    </div>
  );
}

function Between({ from, to }: { readonly from: ForgeEvent; readonly to: ForgeEvent | null }) {
  if (!to) return <span className="faint">not yet</span>;
  const seq = (event: ForgeEvent) => pointer('items', pick('seq', event.seq), 'at');
  const source = { of: `/v1/runs/${from.run}/events?after=${from.seq - 1}`, at: [seq(from), seq(to)] };
  return <Elapsed from={from.at} to={to.at} source={source} />;
}

function JobRow({ job }: { readonly job: JobTimes }) {
  const at = (field: string) => ({
    of: `/v1/runs/${job.submitted.run}/events?after=${job.submitted.seq - 1}`,
    at: pointer('items', pick('seq', job.submitted.seq), 'data', field),
  });
  return (
    <tr>
      <th scope="row" data-term="">
        {job.stage}
      </th>
      <td className="number">
        {job.index === null ? '' : <Figure value={job.index} source={at('index')} />}
      </td>
      <td className="number">
        <Figure value={job.attempt} source={at('jobAttempt')} />
      </td>
      <td className="number">
        <Between from={job.submitted} to={job.started} />
      </td>
      <td className="number">{job.started && <Between from={job.started} to={job.finished} />}</td>
      <td>
        <Status word={job.status.toLowerCase()} />
      </td>
    </tr>
  );
}

function Jobs({ phase, jobs }: { readonly phase: string; readonly jobs: readonly JobTimes[] }) {
  return (
    <details>
      <summary>Jobs of {phase}: waiting and running</summary>
      <Wide label={`Jobs of ${phase}`}>
        <table>
          <thead>
            <tr>
              <th>Stage</th>
              <th className="number">Index</th>
              <th className="number">Attempt</th>
              <th className="number">Waited</th>
              <th className="number">Ran</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <JobRow key={job.key} job={job} />
            ))}
          </tbody>
        </table>
      </Wide>
    </details>
  );
}

interface PhaseRowProps {
  readonly run: Run;
  readonly phase: PhaseRecord;
  readonly jobs: readonly JobTimes[];
  readonly end: number;
}

function PhaseRow({ run, phase, jobs, end }: PhaseRowProps) {
  const { slug, startedAt, endedAt } = phase;
  const source = (...fields: readonly string[]) => ({
    of: `/v1/runs/${run.id}`,
    at: fields.map((field) => pointer('phases', pick('slug', slug), field)),
  });
  return (
    <li>
      <div className="row">
        <h3>
          <Link href={`/runs/${run.id}/phases/${slug}`} data-term="">
            {slug}
          </Link>
        </h3>
        <Status word={phase.status} />
        <span>
          attempts <Figure value={phase.attempts} source={source('attempts')} />
        </span>
        {startedAt && (
          <span>
            began <Moment at={startedAt} source={source('startedAt')} />
          </span>
        )}
        {startedAt && endedAt && (
          <span>
            took <Elapsed from={startedAt} to={endedAt} source={source('startedAt', 'endedAt')} />
          </span>
        )}
      </div>
      <Bar begin={Date.parse(run.startedAt ?? run.createdAt)} end={end} jobs={jobs} />
      {jobs.length > 0 && <Jobs phase={slug} jobs={jobs} />}
    </li>
  );
}

export function Timeline({ run }: { readonly run: Run }) {
  const { events, connection } = useRunEvents(run.id);
  const jobs = jobTimes(events);
  const last = events.at(-1);
  const end = Date.parse(run.endedAt ?? last?.at ?? run.createdAt);
  return (
    <Panel title="Phases">
      <p className="faint" aria-live="polite">
        {connection === 'lost' ? 'The connection is lost; what comes is fetched when it is back.' : ''}
        {connection === 'live' ? 'Live: this page changes with the run.' : ''}
      </p>
      <ol className="timeline">
        {run.phases.map((phase) => (
          <PhaseRow
            key={phase.slug}
            run={run}
            phase={phase}
            end={end}
            jobs={jobs.filter((job) => job.phase === phase.slug)}
          />
        ))}
      </ol>
    </Panel>
  );
}
