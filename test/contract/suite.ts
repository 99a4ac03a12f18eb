/** The frame of every contract suite: a fresh world for each test. */
export interface Closable {
  close(): Promise<void>;
}

export type Group<World> = (world: () => World) => void;

export function suite<World extends Closable>(
  title: string,
  make: () => Promise<World>,
  groups: readonly Group<World>[],
): void {
  describe(title, () => {
    let world: World;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());
    for (const group of groups) group(() => world);
  });
}
