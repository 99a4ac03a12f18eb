export interface Notice {
  /** One line of at most 100 characters. */
  readonly subject: string;
  readonly text: string;
  /** What a subscriber may filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Notifier {
  notify(notice: Notice): Promise<void>;
}
