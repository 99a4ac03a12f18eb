/** Looking at sessions of the first version: status, plan, gates, history. */
import * as z from 'zod';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { getRun } from '#core/application/queries/get-run.ts';
import { getTopology } from '#core/application/queries/get-topology.ts';
import { type GateOfRun, listGates } from '#core/application/queries/list-gates.ts';
import { listMetrics } from '#core/application/queries/list-metrics.ts';
import type { Run } from '#core/domain/run.ts';
import type { ApiContext } from '../environment.ts';
import { pager } from '../middleware/paging.ts';
import { oneOf } from '../middleware/query.ts';
import type { ApiApp } from '../route.ts';
import { pageQuery } from '../schemas/paging.ts';
import { addAlias } from './alias.ts';
import { history, qualityGates, sessionStatus, swarm } from './schemas.ts';
import { newStatus, OLD_STATUSES, oldStatus, PHASE_WORDS, phaseOf, unmeasured } from './words.ts';

const byRun = z.object({ run_id: z.string() });

export function addReadingAliases(app: ApiApp, api: ApiContext): void {
  addStatus(app, api);
  addSwarm(app, api);
  addGates(app, api);
  addHistory(app, api);
}

function elapsedSeconds({ startedAt, endedAt }: Run, now: Date): number | null {
  if (startedAt === null) return null;
  const end = endedAt === null ? now.getTime() : Date.parse(endedAt);
  return (end - Date.parse(startedAt)) / 1000;
}

function progressOfPhases({ phases }: Run) {
  const done = phases.filter(({ status }) => status === 'succeeded');
  const open = phases.filter(({ status }) => status === 'pending' || status === 'running');
  return {
    current_phase: phases.find(({ status }) => status === 'running')?.slug ?? null,
    phases_completed: done.map(({ slug }) => slug),
    phases_remaining: open.map(({ slug }) => slug),
    total_progress_percent: (100 * done.length) / phases.length,
  };
}

type Figures = Record<string, Record<string, { value: number; unit: string; metric: string }>>;

function addStatus(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'get',
      path: '/status/{run_id}',
      summary: 'How a session stands',
      successor: 'GET /v1/runs/{id}',
      params: byRun,
      answers: { 200: sessionStatus },
    },
    async (context) => {
      const { principal } = context.var;
      const run = await getRun(ports, principal, context.req.param('run_id') ?? '');
      const figures: Figures = {};
      for (const { phase, name, value, unit, id } of await listMetrics(ports, principal, run.id, undefined)) {
        figures[phase] = { ...figures[phase], [name]: { value, unit, metric: id } };
      }
      return context.json({
        session_id: run.id,
        status: oldStatus(run.status),
        ...progressOfPhases(run),
        elapsed_seconds: elapsedSeconds(run, ports.clock.now()),
        estimated_remaining_seconds: null,
        phase_metrics: figures,
        agent_count: null,
        active_agents: null,
        error: run.error?.message ?? null,
        not_measured: [unmeasured.remaining, ...unmeasured.agents('agent_count', 'active_agents')],
      });
    },
  );
}

const SWARM_FIELDS = [
  'topology',
  'total_agents',
  'active_agents',
  'idle_agents',
  'memory_mb',
  'cpu_percent',
  'gpu_percent',
] as const;

function addSwarm(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'get',
      path: '/swarm/{run_id}',
      summary: 'The execution plan of a session; there are no agents',
      successor: 'GET /v1/runs/{id}/topology',
      params: byRun,
      answers: { 200: swarm },
    },
    async (context) => {
      const plan = await getTopology(ports, context.var.principal, context.req.param('run_id') ?? '');
      const absent = Object.fromEntries(SWARM_FIELDS.map((field) => [field, null]));
      return context.json({
        session_id: plan.run,
        ...absent,
        plan,
        not_measured: unmeasured.agents(...SWARM_FIELDS),
      });
    },
  );
}

function oldGate({ phase, gate, verdict, measured, bound }: GateOfRun) {
  const measuredBound =
    bound && typeof gate.bound !== 'number' ? bound.value * (gate.bound.factor ?? 1) : null;
  return {
    name: gate.metric,
    phase,
    passed: verdict === 'not measured' ? null : verdict === 'passed',
    score: measured?.value ?? null,
    threshold: typeof gate.bound === 'number' ? gate.bound : measuredBound,
    metric: measured?.metric ?? null,
    threshold_metric: bound?.metric ?? null,
  };
}

function addGates(app: ApiApp, { ports }: ApiContext): void {
  addAlias(
    app,
    {
      method: 'post',
      path: '/quality-gates/{run_id}',
      summary: 'The gates of a session',
      successor: 'GET /v1/runs/{id}/gates',
      params: byRun,
      query: z.object({ phase: z.enum(PHASE_WORDS).optional() }),
      answers: { 200: qualityGates },
    },
    async (context) => {
      const word = oneOf('phase', context.req.query('phase'), PHASE_WORDS);
      const phase = word === undefined ? undefined : (phaseOf(word) as PhaseSlug);
      const id = context.req.param('run_id') ?? '';
      const { run, items, canProceed } = await listGates(ports, context.var.principal, id, phase);
      return context.json({
        session_id: run,
        gate_results: items.map(oldGate),
        theater_detection: null,
        can_proceed: canProceed,
        not_measured: [unmeasured.theater],
      });
    },
  );
}

function addHistory(app: ApiApp, { ports, options }: ApiContext): void {
  const pages = pager(options.cursorSecret);
  addAlias(
    app,
    {
      method: 'get',
      path: '/history',
      summary: 'Sessions, newest first',
      successor: 'GET /v1/runs',
      query: pageQuery.extend({ status: z.enum(OLD_STATUSES as [string, ...string[]]).optional() }),
      answers: { 200: history },
    },
    async (context) => {
      const { principal } = context.var;
      const word = oneOf('status', context.req.query('status'), OLD_STATUSES);
      const status = word === undefined ? undefined : newStatus(word);
      const page = await ports.runs.list(
        principal.tenant,
        status ? { status } : {},
        pages.read(principal, context.req.query()),
      );
      const { items, next } = pages.write(principal, page);
      const runs = items.map((run) => ({
        session_id: run.id,
        name: run.name,
        status: oldStatus(run.status),
        created_at: run.createdAt,
        started_at: run.startedAt,
        ended_at: run.endedAt,
        phases: run.phases.map((phase) => ({ phase: phase.slug, status: phase.status })),
      }));
      return context.json({ runs, next });
    },
  );
}
