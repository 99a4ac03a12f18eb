export interface SocketSender {
  /** Sends text to an open connection. False: the connection is gone for good and is to be forgotten. */
  send(connection: string, text: string): Promise<boolean>;
}
