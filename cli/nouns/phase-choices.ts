/** The slugs, without the schema library: that one would slow every start of the command line. */
import catalogue from '#contracts/phases.json' with { type: 'json' };

export const SLUGS: readonly string[] = catalogue.phases.map((phase) => phase.slug);
