/** docs/security.md names for each role exactly the routes that the table in the code gives to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTE_ROLES } from '#functions/api/roles.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';

const text = readFileSync(join(PROJECT, 'docs/security.md'), 'utf8');

describe('docs/security.md', () => {
  it.each(['anyone', 'viewer', 'runner', 'maintainer', 'admin'])('lists the routes of %s', (role) => {
    const row = new RegExp(`^\\| ${role} \\| [^|]+ \\| (.*) \\|$`, 'm').exec(text)?.[1] ?? '';
    const wanted = Object.keys(ROUTE_ROLES).filter((route) => ROUTE_ROLES[route] === role);
    expect(row.split(', ').map((each) => each.replaceAll('`', ''))).toEqual(wanted.sort());
  });
});
