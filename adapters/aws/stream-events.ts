/** Events as the table's stream shows them: images of items in DynamoDB's JSON. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import { ITEMS } from './table-layout.ts';

type Image = Readonly<Record<string, unknown>>;

const text = (image: Image, name: string): string | undefined =>
  (image[name] as { readonly S?: string } | undefined)?.S;

/** The key of an event's item, read backwards. */
const EVENT_KEY = new RegExp(
  `^${ITEMS.event.pk.replace('{tenant}', '(?<tenant>[^#]+)').replace('{run}', '(?<run>[^#]+)')}$`,
);

/** The event of an image; null where it is an image of another kind of item. A long event is read from the table. */
export function streamEvents(events: EventReader): (image: Image) => Promise<ForgeEvent | null> {
  return async (image) => {
    if (text(image, 'kind') !== 'event') return null;
    const document = text(image, 'document');
    if (document !== undefined) return JSON.parse(document) as ForgeEvent;
    const { tenant, run } = EVENT_KEY.exec(text(image, 'pk') ?? '')?.groups ?? {};
    const seq = Number(text(image, 'sk'));
    if (!(tenant && run && seq > 0)) throw new TypeError(`no key of an event: ${JSON.stringify(image.pk)}`);
    const [event] = await events.read(tenant, run, seq - 1, 1);
    return event ?? null;
  };
}
