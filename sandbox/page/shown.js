// What the page shows: the sandbox's state as of the last look, and the place in it. The sandbox holds the truth.

export const shown = {
  team: { id: "", name: "" },
  me: null,
  people: new Map(),
  channels: new Map(),
  groups: new Map(),
  dms: [],
  unread: {},
  bot: { connected: false, user_id: "", name: "Signpost", commands: [], shortcuts: [] },
  clock: null,
  faults: [],
  home: null,
  place: { as: "", channel: "", view: "", thread: "", message: "" },
};

/** Takes over the answer of `GET /sandbox/state`. */
export function takeState(state) {
  shown.team = state.team || shown.team;
  shown.me = state.me;
  shown.people = new Map(state.people.map((person) => [person.id, person]));
  shown.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  shown.groups = new Map((state.groups || []).map((group) => [group.id, group]));
  shown.dms = state.dms || [];
  shown.unread = state.unread || {};
  shown.clock = state.clock || null;
  shown.faults = state.faults?.rules || [];
  shown.home = state.home || null;
  shown.bot = { ...shown.bot, ...state.bot };
}

export function personName(id) {
  if (id === shown.bot.user_id) return shown.bot.name;
  const person = shown.people.get(id);
  return (person && (person.real_name || person.name)) || id;
}

export function channelName(id) {
  const channel = shown.channels.get(id);
  return channel ? channel.name : id;
}

export function channelNamed(name) {
  return [...shown.channels.values()].find((channel) => channel.name === name);
}

export function personNamed(name) {
  return [...shown.people.values()].find((person) => person.name === name);
}

export function directMessage(id) {
  return shown.dms.find((dm) => dm.id === id);
}

/** The direct message with the app. */
export function appMessages() {
  return shown.dms.find((dm) => dm.is_app);
}

/** A channel's or direct message's name as a title: `#ask-it` or a person's name. */
export function placeTitle(id) {
  const dm = directMessage(id);
  return dm ? personName(dm.with) : `#${channelName(id)}`;
}

/** The address (a hash) of a place, `change` laid over the present one. */
export function addressOf(change) {
  const place = { ...shown.place, ...change };
  const known = Object.entries(place).filter(([, value]) => value);
  return `#${new URLSearchParams(known)}`;
}

export function placeOf(hash) {
  const short = /^#([CD]\w+)\/([\d.]+)$/.exec(hash);
  if (short) return { as: "", channel: short[1], view: "", thread: "", message: short[2] };
  const known = new URLSearchParams(hash.replace(/^#/, ""));
  const part = (name) => known.get(name) || "";
  return { as: part("as"), channel: part("channel"), view: part("view"), thread: part("thread"), message: part("message") };
}

/** Goes elsewhere; what is not named is left (a thread or a marked message does not come along). */
export function go(change) {
  location.hash = addressOf({ view: "", thread: "", message: "", ...change });
}
