/**
 * A service is asked in the region of the function, or where AWS_ENDPOINT_URL says. The SDK's rules also know dual-stack
 * and FIPS hosts, accounts in host names and partitions of governments: that is refused here instead of taken for another.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PLAIN_HOST = /"https:\/\/([a-z-]+)\.\{Region\}\.\{PartitionResult#dnsSuffix\}"/g;

/** The one host in the rules that is neither for FIPS nor for DynamoDB's searches. */
export function plainHostIn(rules) {
  const hosts = new Set([...rules.matchAll(PLAIN_HOST)].map(([, host]) => host));
  const plain = [...hosts].filter((host) => !/-fips$|^search-/.test(host));
  if (plain.length !== 1) throw new Error(`The rules name ${plain.length} plain hosts: ${plain.join(', ')}.`);
  return plain[0];
}

/** @returns a module that stands for the endpoint resolver of the service with this host name */
export const regionalResolver = (host) => `const SUFFIXES = [
  [/^(us|eu|ap|sa|ca|me|af|il|mx|us-gov)-\\w+-\\d+$/, 'amazonaws.com'],
  [/^cn-\\w+-\\d+$/, 'amazonaws.com.cn'],
];
export const defaultEndpointResolver = ({ Endpoint, Region = '', UseDualStack, UseFIPS }) => {
  if (UseDualStack || UseFIPS) throw new Error('Dual-stack and FIPS endpoints are not part of this bundle.');
  const suffix = SUFFIXES.find(([regions]) => regions.test(Region))?.[1];
  if (!Endpoint && !suffix) throw new Error(\`No endpoint is known here for the region "\${Region}".\`);
  return { url: new URL(Endpoint || \`https://${host}.\${Region}.\${suffix}\`), properties: {}, headers: {} };
};
`;

export const regionalEndpoints = {
  name: 'regional-endpoints',
  setup(build) {
    const filter = /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]endpoint[\\/]endpointResolver\.js$/;
    build.onLoad({ filter }, ({ path }) => {
      const host = plainHostIn(readFileSync(join(path, '..', 'bdd.js'), 'utf8'));
      return { contents: regionalResolver(host), loader: 'js' };
    });
  },
};
