/**
 * Single modules inside packages that no function of ours comes to, each by a setting that is fixed: what stands in for
 * them says so when it is called after all.
 */
import { readFileSync } from 'node:fs';

const never = (what) => `throw new Error(${JSON.stringify(`${what} is not part of this bundle.`)});`;

/** Module → what it is instead, and why nobody misses it. */
const INSTEAD = [
  // Node always has SHA-256 itself.
  [/@smithy[\\/]core[\\/].*[\\/]sha256[\\/]Sha256Js\.js$/, 'export const Sha256Js = undefined;'],
  // Every client is made with the standard mode.
  [
    /@smithy[\\/]core[\\/].*[\\/]util-retry[\\/]AdaptiveRetryStrategy\.js$/,
    `export class AdaptiveRetryStrategy { constructor() { ${never('The adaptive retry mode')} } }`,
  ],
  // Only messages of an event stream are signed with headers of their own.
  [
    /@smithy[\\/]signature-v4[\\/].*[\\/]HeaderFormatter\.js$/,
    `export class HeaderFormatter { format() { ${never('Signing of event streams')} } }`,
  ],
  // Only the rules of endpoints ask for partitions, see bundle-endpoints.mjs.
  [
    /@aws-sdk[\\/]core[\\/]dist-es[\\/].*[\\/]aws[\\/]partitions\.js$/,
    "export const partitionsInfo = { partitions: [], version: '' };",
  ],
  // A Lambda function knows its region from its environment.
  [
    /@smithy[\\/]core[\\/].*[\\/]regionConfig[\\/]getInstanceMetadataRegion\.js$/,
    'export const getInstanceMetadataRegion = async () => undefined;',
  ],
  // DynamoDB's endpoint is the one of the region; discovery is off unless somebody sets it.
  [
    /@aws-sdk[\\/]middleware-endpoint-discovery[\\/]dist-es[\\/]index\.js$/,
    `export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => undefined, configFileSelector: () => undefined, default: undefined };
export const resolveEndpointDiscoveryConfig = (config) => config;`,
  ],
];

export const withoutSpareParts = {
  name: 'without-spare-parts',
  setup(build) {
    for (const [filter, contents] of INSTEAD) {
      build.onLoad({ filter }, () => ({ contents, loader: 'js' }));
    }
  },
};

/** `z` as an object holds all of zod; of what is named in it only what is used. */
export const zodByName = {
  name: 'zod-by-name',
  setup(build) {
    build.onLoad({ filter: /@hono[\\/]zod-openapi[\\/]dist[\\/]index\.mjs$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const named = text
        .replace('import { z } from "zod";', 'import * as z from "zod";')
        .replace('extendZodWithOpenApi(z);', 'extendZodWithOpenApi({ ZodType: z.ZodType });');
      if (!/import \* as z from/.test(named) || /extendZodWithOpenApi\(z\)/.test(named))
        throw new Error(`${path} uses zod in another way than this was written for.`);
      return { contents: named, loader: 'js' };
    });
  },
};

/** What a run's report says of the claims, see core/domain/run-claims.ts; the API shows them whole. */
export const claimsAsReported = {
  name: 'claims-as-reported',
  setup(build) {
    build.onLoad({ filter: /[\\/]contracts[\\/]claim-verdicts\.json$/ }, ({ path }) => {
      const document = JSON.parse(readFileSync(path, 'utf8'));
      const claims = document.claims.map(({ id, verdict, switch: switched, mechanism, records }) => ({
        id,
        verdict,
        switch: switched,
        mechanism,
        records: records.map(({ experiment, sha256 }) => ({ experiment, sha256 })),
      }));
      return { contents: JSON.stringify({ ...document, claims }), loader: 'json' };
    });
  },
};

/** What the items of the table hold is said for docs/data-model.md; no function reads it. */
export const tableWithoutWords = {
  name: 'table-without-words',
  setup(build) {
    build.onLoad({ filter: /[\\/]adapters[\\/]aws[\\/]table-layout\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^ {4}holds: '[^\n]*',$/gm, "    holds: '',"),
      loader: 'ts',
    }));
  },
};
