/** Keeps what a contract checked with the run and in its log, whatever came out: also of a refusal it is known what was seen. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { type CheckedContract, checkedContract } from '../../domain/checked-contract.ts';
import { checkRules, contractError, type Rule } from '../../domain/contract.ts';
import { canonicalText } from '../../domain/fingerprint.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { attemptsSoFar, isNewest, isTerminal, keepContract, phaseRecord } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { changeRun } from './change-run.ts';

export interface ContractToCheck {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly execution: string | undefined;
  readonly contract: string;
  readonly rules: readonly Rule[];
  /** The shared base is lineage, not one of the models that are handed over. */
  readonly models: readonly Pick<Model, 'name' | 'role' | 'properties'>[];
}

/** Throws `contract` with every broken rule, after it was recorded. */
export async function requireContract(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock'>,
  principal: Principal,
  facts: ContractToCheck,
): Promise<void> {
  const { contract, rules } = facts;
  const models = facts.models
    .filter(({ role }) => role !== 'base')
    .map(({ name, properties }) => ({ ...properties, name }));
  await record(ports, principal, facts, checkedContract(contract, rules, models));
  const { violations } = checkRules(contract, rules, models);
  if (violations.length > 0) throw contractError(violations);
}

async function record(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock'>,
  principal: Principal,
  { runId, phase, execution }: ContractToCheck,
  checked: CheckedContract,
): Promise<void> {
  const at = ports.clock.now().toISOString();
  await changeRun(ports, principal, runId, (run) => {
    const before = phaseRecord(run, phase);
    const { status, contracts = [] } = before;
    const known = contracts.find(({ contract }) => contract === checked.contract);
    const closed = isTerminal(run.status) || run.status === 'cancelling' || status === 'succeeded';
    if (closed || !isNewest(run, execution) || canonicalText(known) === canonicalText(checked))
      return { run };
    const attempt = attemptsSoFar(before);
    return {
      run: keepContract(run, phase, checked, at),
      events: [{ type: 'ContractChecked', run: runId, phase, attempt, at, data: { ...checked } }],
    };
  });
}
