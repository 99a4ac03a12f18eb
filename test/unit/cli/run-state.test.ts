/** What `forge runs gates` and `forge runs topology` show. */
import { getTopology } from '#core/application/queries/get-topology.ts';
import { listGates } from '#core/application/queries/list-gates.ts';
import { ADMIN, memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun } from '#test/support/toy-run.ts';
import { answering, cleanUp, forge, serveHttp } from './cli-harness.ts';

afterEach(cleanUp);

it('forge runs gates shows each gate with its verdict and what its failure means', async () => {
  const ports = memoryPorts();
  const { id } = await startedRun(ports);
  const gates = await listGates(ports, ADMIN, id);
  const endpoint = await serveHttp(answering({ [`GET /v1/runs/${id}/gates`]: gates }));
  const { exitCode, stdout } = await forge(['runs', 'gates', id, '--endpoint', endpoint]);
  expect(exitCode).toBe(0);
  const lines = stdout.trim().split('\n').slice(1);
  expect(lines).toHaveLength(gates.items.length);
  for (const line of lines)
    expect(line).toMatch(/^cognate +\S+ [<>]=? .*not measured +- +it is reported +-$/);
});

it('forge runs topology shows the stages of each phase and how many rules of its hand-over passed', async () => {
  const ports = memoryPorts();
  const { id } = await startedRun(ports, { phases: ['cognate', 'evomerge'] });
  const plan = await getTopology(ports, ADMIN, id);
  const endpoint = await serveHttp(answering({ [`GET /v1/runs/${id}/topology`]: plan }));
  const { exitCode, stdout } = await forge(['runs', 'topology', id, '--endpoint', endpoint]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /input→cognate +cognate +running +base, variants × 3, evaluate +5 +- +\d+ of \d+ passed/,
  );
  expect(stdout).toMatch(/cognate→evomerge +evomerge +pending .* 0 +-\n/);
});
