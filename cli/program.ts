/** The command line: nouns, verbs and what all of them share. */
import { Command, CommanderError } from 'commander';
import packageFacts from '../package.json' with { type: 'json' };
import { type Context, createContext, type GlobalFlags } from './context.ts';
import { CliError, exitCodeOf, Interrupted } from './errors.ts';
import type { Io } from './io.ts';
import { addAccessVerbs } from './nouns/access.ts';
import type { Act } from './nouns/act.ts';
import { addCatalogueVerbs } from './nouns/catalogue.ts';
import { addCorporaVerbs } from './nouns/corpora.ts';
import { addCostVerbs } from './nouns/costs.ts';
import { addDocumentVerbs } from './nouns/documents.ts';
import { addInboxVerbs } from './nouns/inbox.ts';
import { addInfraVerbs } from './nouns/infra.ts';
import { addMachineVerbs } from './nouns/machine.ts';
import { addMergeVerb } from './nouns/merging.ts';
import { addModelsVerbs } from './nouns/models.ts';
import { addQuotaVerbs } from './nouns/quotas.ts';
import { addRunsVerbs } from './nouns/runs.ts';
import { addShellVerbs } from './nouns/shell.ts';
import { addSignInVerbs } from './nouns/sign-in.ts';
import { addWebhookVerbs } from './nouns/webhooks.ts';
import { createConsole } from './output/console.ts';
import { showError } from './output/problem.ts';

const EXAMPLES = `
Examples:
  forge demo                                   train three small models on real text, from nothing
  forge corpora add ./my-texts --name mine     register your own text
  forge runs create -f run.yaml --watch        submit a run and watch it
  forge models lineage cognate-reasoning       where a model came from
  forge merge recipe.yml --out ./merged        merge models of this machine

Exit codes: 0 ok, 1 run failed, 2 usage or validation, 3 timed out, 4 authentication, 5 not found, 6 conflict,
7 unavailable, 8 integrity failure, 130 interrupted (the run goes on; the demo's is paused).`;

function createProgram(): Command {
  return new Command('forge')
    .description(packageFacts.description)
    .option('--json', 'print data as JSON', false)
    .option('-q, --quiet', 'print data only, no remarks', false)
    .option('--no-color', 'no colours (also: NO_COLOR=1)')
    .option('--endpoint <url>', 'address of the API (also: FORGE_ENDPOINT)')
    .option('--timeout <seconds>', 'give up after so many seconds (exit code 3)')
    .option('--debug', 'print stack traces', false)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES)
    .exitOverride();
}

/** Commands inherit neither streams nor the override of exit: each gets them. */
function configure(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
  });
  for (const inner of command.commands) configure(inner, io);
}

const SHOWN = new Set(['commander.helpDisplayed', 'commander.version']);

/** `forge runs create`: the words of the command line that name commands. */
function commandPath(program: Command, argv: readonly string[]): string {
  let command = program;
  for (const word of argv) command = command.commands.find((inner) => inner.name() === word) ?? command;
  const names = [command.name()];
  for (let { parent } = command; parent; parent = parent.parent) names.unshift(parent.name());
  return names.join(' ');
}

/** What commander refuses is a usage error, exit code 2; help that was asked for is none. */
function usageError(program: Command, error: CommanderError, argv: readonly string[]): CliError | null {
  if (SHOWN.has(error.code) || (error.code === 'commander.help' && argv.length === 0)) return null;
  if (error.code === 'commander.help')
    return new CliError('validation', 'A verb is missing; see the list above.');
  return new CliError('validation', error.message.replace(/^error: /, ''), {
    code: 'usage',
    hint: `See: ${commandPath(program, argv)} --help`,
  });
}

/** Global flags of a command line that could not be parsed, as far as output needs them. */
function flagsOf(program: Command, argv: readonly string[]): GlobalFlags {
  const flags = program.opts<GlobalFlags>();
  return {
    ...flags,
    json: flags.json || argv.includes('--json'),
    debug: flags.debug || argv.includes('--debug'),
  };
}

/** Does the work; what fails because of Ctrl-C or a time-out is told as that, whatever failed first. */
async function obey(context: Context, work: Parameters<Act>[0]): Promise<number> {
  try {
    return (await work(context)) ?? 0;
  } catch (error) {
    const told = error instanceof Interrupted || (error instanceof CliError && error.kind === 'timeout');
    throw context.signal.aborted && !told ? context.aborted() : error;
  }
}

/** Every verb, declared. */
export function buildProgram(act: Act): Command {
  const program = createProgram();
  addRunsVerbs(program, act);
  addModelsVerbs(program, act);
  addCorporaVerbs(program, act);
  addInboxVerbs(program, act);
  addCatalogueVerbs(program, act);
  addWebhookVerbs(program, act);
  addDocumentVerbs(program, act);
  addMergeVerb(program, act);
  addMachineVerbs(program, act, packageFacts.version);
  addInfraVerbs(program, act);
  addSignInVerbs(program, act);
  addAccessVerbs(program, act);
  addQuotaVerbs(program, act);
  addCostVerbs(program, act);
  addShellVerbs(program, act);
  return program;
}

/**
 * Runs one command line.
 *
 * @param argv the arguments, without node and script
 * @returns the exit code
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(async (work) => {
    exitCode = await obey(createContext(io, program.opts<GlobalFlags>()), work);
  });
  configure(program, io);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    const failure = error instanceof CommanderError ? usageError(program, error, argv) : error;
    if (failure === null) return 0;
    const flags = flagsOf(program, argv);
    showError(createConsole(io, flags), failure, flags.debug);
    return exitCodeOf(failure);
  }
}
