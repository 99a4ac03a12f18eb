/** Reads `text/event-stream`: frames of `field: value` lines, an empty line between them. */

export interface Frame {
  readonly event: string;
  readonly data: string;
  /** Only durable events carry one. */
  readonly id: string | null;
}

function frameOf(block: string): Frame | null {
  let event = 'message';
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
  }
  return data.length > 0 || event !== 'message' ? { event, data: data.join('\n'), id } : null;
}

/** Yields whole frames; half a frame at the end of the stream is dropped, as the standard says. */
export async function* readFrames(
  body: AsyncIterable<Uint8Array>,
  /** Called whenever bytes come, also for pings. */
  heard: () => void = () => undefined,
): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    heard();
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the end may be half of a line break.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const blocks = whole.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n\n');
    rest = (blocks.pop() ?? '') + rest.slice(whole.length);
    for (const block of blocks) {
      const frame = frameOf(block);
      if (frame) yield frame;
    }
  }
}
