/**
 * What a function's bundle does without. Each of these is in the packages for uses that no function makes, and none can
 * be shaken out by itself; what a cold start does not read it does not wait for.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutDescriptions } from './bundle-descriptions.mjs';
import { regionalEndpoints } from './bundle-endpoints.mjs';
import { claimsAsReported, tableWithoutWords, withoutSpareParts, zodByName } from './bundle-spare-parts.mjs';
import { inProject } from './project.mjs';

/** Loads some modules as a text of ours. */
function replaced(name, filter, contents) {
  return {
    name,
    setup(build) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: name }));
      build.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader: 'js' }));
    },
  };
}

/** Lambda hands its credentials over in the environment: profiles, SSO, instance metadata and web identity are for elsewhere. */
const lambdaCredentials = replaced(
  'lambda-credentials',
  /^@aws-sdk\/credential-provider-node$/,
  `export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  throw Object.assign(new Error('The environment holds no credentials.'), { name: 'CredentialsProviderError' });
};`,
);

/** Of all operations only StartLiveTail answers with a stream of events. */
const withoutEventStreams = replaced(
  'without-event-streams',
  /^@smithy\/core\/event-streams$/,
  `const none = () => { throw new Error('Event streams are not part of this bundle.'); };
export const eventStreamSerdeProvider = () => ({ serialize: none, deserialize: none });
export const resolveEventStreamSerdeConfig = (config) => config;
export class EventStreamSerde { constructor() { none(); } }`,
);

/** A client reads its own version out of its package file and nothing else, and so does the API of ours. */
const versionsOnly = {
  name: 'versions-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      if (!/@aws-sdk[\\/]client-/.test(path) && path !== inProject('package.json')) return null;
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** Nobody makes JSON Schemas of zod schemas while a function runs. */
const withoutJsonSchema = {
  name: 'without-json-schema',
  setup(build) {
    build.onLoad({ filter: /zod[\\/]v4[\\/]core[\\/]json-schema-processors\.js$/ }, ({ path }) => {
      const names = [...readFileSync(path, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)];
      return {
        contents: names.map(([, name]) => `export const ${name} = undefined;`).join('\n'),
        loader: 'js',
      };
    });
    build.onLoad({ filter: /zod[\\/]v4[\\/]core[\\/]to-json-schema\.js$/ }, ({ path }) => {
      const names = [...readFileSync(path, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)];
      const none = names.map(([, name]) => `export const ${name} = () => () => undefined;`);
      return { contents: none.join('\n'), loader: 'js' };
    });
  },
};

function adapterTexts() {
  const folder = inProject('adapters', 'aws');
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Every error that an adapter speaks of by its name. */
function namedErrors() {
  return new Set(adapterTexts().flatMap((text) => text.match(/\b[A-Z]\w+\b/g) ?? []));
}

/**
 * Of a job Batch also tells how its container, its pods and its nodes are made, in half of all its shapes. No adapter reads
 * these members, and here they stay empty. Shape → the member that has it.
 */
const UNREAD = {
  EksPropertiesDetail: 'eksProperties',
  EksAttemptDetail: 'eksAttempts',
  EcsPropertiesDetail: 'ecsProperties',
  AttemptEcsTaskDetails: 'taskProperties',
  NodeProperties: 'nodeProperties',
  ConsumableResourceProperties: 'consumableResourceProperties',
  LinuxParameters: 'linuxParameters',
  Volume: 'volumes',
  MountPoint: 'mountPoints',
  Ulimit: 'ulimits',
  LogConfiguration: 'logConfiguration',
  NetworkConfiguration: 'networkConfiguration',
  NetworkInterface: 'networkInterfaces',
  FargatePlatformConfiguration: 'fargatePlatformConfiguration',
  EphemeralStorage: 'ephemeralStorage',
  RuntimePlatform: 'runtimePlatform',
  RepositoryCredentials: 'repositoryCredentials',
};

/** @throws Error where an adapter begins to read what is left out */
function withoutUnread(text) {
  const adapters = adapterTexts().join('\n');
  return Object.entries(UNREAD).reduce((left, [shape, member]) => {
    if (new RegExp(`\\b${member}\\b`).test(adapters))
      throw new Error(`An adapter reads ${member}: take ${shape} out of UNREAD in scripts/bundle-diet.mjs.`);
    const table = new RegExp(`^(export var ${shape}\\$ = )\\[3, n0, [^;]*\\];`, 'm');
    return left.replace(table, `$1[3, n0, "${shape}", 0, [], []];`);
  }, text);
}

/**
 * The shapes of a service are tables that esbuild must take for effects: wrapped and marked as pure, those of operations
 * that are not used go. An error without its own class keeps its name and its members all the same.
 */
function leanShapes(text, keptErrors) {
  const lines = [];
  let open = false;
  for (const line of text.split('\n')) {
    const start = open ? null : /^((?:export )?(?:var|const) [\w$]+ = )(\[.*)$/.exec(line);
    const registered = /^n0_registry\.registerError\((\w+)\$, \w+\);$/.exec(line)?.[1];
    if (start) {
      const whole = start[2].endsWith('];');
      const table = whole ? `${start[2].slice(0, -1)})();` : start[2];
      lines.push(`${start[1]}/* @__PURE__ */ (() => ${table}`);
      open = !whole;
    } else if (open && line === '];') {
      lines.push('])();');
      open = false;
    } else if (registered === undefined || keptErrors.has(registered)) lines.push(line);
  }
  return lines.join('\n');
}

function shapesOf(path) {
  const text = readFileSync(path, 'utf8');
  return path.includes('client-batch') ? withoutUnread(text) : text;
}

const usedShapes = {
  name: 'used-shapes',
  setup(build) {
    const kept = namedErrors();
    build.onLoad(
      { filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ },
      ({ path }) => ({
        contents: leanShapes(shapesOf(path), kept),
        loader: 'js',
      }),
    );
  },
};

/** Of every function. */
export const FUNCTION_DIET = [
  lambdaCredentials,
  withoutEventStreams,
  versionsOnly,
  usedShapes,
  withoutSpareParts,
  regionalEndpoints,
  zodByName,
  tableWithoutWords,
];

/** Of every function that does not show the contracts themselves. */
export const INNER_DIET = [withoutJsonSchema, withoutDescriptions, claimsAsReported];
