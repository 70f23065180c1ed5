// Where the connection of one answer stands. It says nothing of the answer: that goes on at the server meanwhile.

export type Connection =
  | { readonly type: 'none' }
  | { readonly type: 'connecting' }
  | { readonly type: 'open' }
  /** By the person who watches. */
  | { readonly type: 'cut'; readonly afterSeq: number | null; readonly forMs: number }
  /** By the network or the server. */
  | {
      readonly type: 'lost';
      readonly afterSeq: number | null;
      readonly attempt: number;
      readonly forMs: number;
    }
  | { readonly type: 'closed' };
