// What a line beginning with `/` does: the bot's commands go to the bot, a few of the workspace's own are done here.
import { Refused, tell } from "./api.js";
import { channelNamed, go, personNamed, shown } from "./shown.js";
import { t } from "./words.js";

const OWN = {
  "/invite": { act: invite, hint: "@name" },
  "/join": { act: join, hint: "#channel" },
  "/leave": { act: (channel) => tell("/sandbox/leave", { as: shown.me.id, channel }), hint: "" },
  "/rename": { act: (channel, text) => tell("/sandbox/rename", { as: shown.me.id, channel, name: text.replace(/^#/, "") }), hint: "name" },
  "/archive": { act: (channel) => tell("/sandbox/archive", { as: shown.me.id, channel }), hint: "" },
};

export function ownCommands() {
  return Object.entries(OWN).map(([name, { hint }]) => ({ name, detail: [hint, t(`command.${name.slice(1)}`)].filter(Boolean).join(" · ") }));
}

/** Runs `/name the rest` in a channel; refused in a thread, and when nobody knows the command. */
export function runCommand(channel, line, thread) {
  const [, command, text] = /^(\S+)\s*([\s\S]*)$/.exec(line);
  const { commands } = shown.bot;
  // An app without a manifest names no commands, so the workspace decides what it takes.
  const ofBot = commands.length ? commands.some((one) => one.command === command) : !OWN[command];
  if (!ofBot && OWN[command] && thread) throw new Refused({ error: "not_in_threads", message: t("command.threads", { command }) });
  if (!ofBot && OWN[command]) return OWN[command].act(channel, text.trim());
  if (!ofBot) throw new Refused({ error: "unknown_command", message: t("command.unknown", { command }) });
  return tell("/sandbox/command", { as: shown.me.id, channel, command, text: text.trim(), thread_ts: thread || undefined });
}

function invite(channel, text) {
  const name = text.replace(/^@/, "");
  const person = personNamed(name) || (name.toLowerCase() === shown.bot.name.toLowerCase() ? { id: shown.bot.user_id } : null);
  if (!person) throw new Refused({ error: "user_not_found", message: t("nobody.called", { name }) });
  return tell("/sandbox/invite", { as: shown.me.id, channel, user: person.id });
}

async function join(_channel, text) {
  const name = text.replace(/^#/, "");
  const channel = channelNamed(name);
  if (!channel) throw new Refused({ error: "channel_not_found", message: t("no.channel.called", { name }) });
  const answer = await tell("/sandbox/join", { as: shown.me.id, channel: channel.id });
  go({ as: shown.me.id, channel: channel.id });
  return answer;
}
