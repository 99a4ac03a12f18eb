/** Which versions of Node run this. */
const MINIMUM_NODE = [20, 19] as const;

/** Null where the version is new enough. @param version as 20.19.2 */
export function nodeProblem(version: string): { readonly found: string; readonly fix: string } | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return null;
  return {
    found: `Node is ${version}; expected ${MINIMUM_NODE.join('.')} or newer.`,
    fix: 'Install Node 22.',
  };
}
