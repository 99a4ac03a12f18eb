import { requireAvailable } from '#core/domain/resolve.ts';

describe('phases that a release cannot run', () => {
  it('are refused by name, before anything is written', () => {
    const without = (slug: string) => slug !== 'deployment' && slug !== 'compression';
    expect(() => requireAvailable(['cognate', 'deployment', 'compression'], without)).toThrow(
      expect.objectContaining({
        kind: 'validation',
        code: 'phase_unavailable',
        message: 'This release cannot run: deployment, compression.',
      }),
    );
  });

  it('are none in this one', () => {
    expect(() => requireAvailable(['cognate', 'deployment', 'compression'])).not.toThrow();
  });
});
