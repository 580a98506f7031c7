// The shortcodes the page draws. Another one stays readable as `:name:`.

const LIST = `
smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂|slightly_smiling_face 🙂|wink 😉|blush 😊|heart_eyes 😍|thinking_face 🤔|neutral_face 😐
confused 😕|disappointed 😞|cry 😢|sob 😭|angry 😠|rage 😡|sweat_smile 😅|sunglasses 😎|partying_face 🥳|face_with_raised_eyebrow 🤨|hugging_face 🤗
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|clap 👏|pray 🙏|raised_hands 🙌|raising_hand 🙋|muscle 💪|point_right 👉|point_left 👈|point_up 👆|point_down 👇|handshake 🤝|writing_hand ✍️|hand ✋|eyes 👀
heart ❤️|sparkles ✨|star ⭐|fire 🔥|tada 🎉|100 💯|rocket 🚀|bulb 💡|zap ⚡|boom 💥|trophy 🏆|gift 🎁|sunny ☀️|coffee ☕
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|exclamation ❗|question ❓|grey_question ❔|information_source ℹ️|sos 🆘|rotating_light 🚨
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_green_square 🟩|white_large_square ⬜|black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_forward ▶️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|back 🔙|new 🆕|soon 🔜|end 🔚
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣|keycap_ten 🔟|hash #️⃣
iphone 📱|calling 📲|computer 💻|desktop_computer 🖥️|keyboard ⌨️|printer 🖨️|camera 📷|telephone_receiver 📞|phone ☎️|battery 🔋|electric_plug 🔌|satellite 📡|globe_with_meridians 🌐|apple 🍎|green_apple 🍏|robot_face 🤖|penguin 🐧|window 🪟
lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|email 📧|envelope ✉️|inbox_tray 📥|outbox_tray 📤|mailbox 📫|package 📦|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩
memo 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|bookmark_tabs 📑|books 📚|book 📖|open_book 📖|notebook 📓|card_index 📇|file_folder 📁|open_file_folder 📂|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|ticket 🎫|label 🏷️|bookmark 🔖|newspaper 📰|mag 🔍|mag_right 🔎
calendar 📅|date 📅|spiral_calendar_pad 🗓️|clock1 🕐|clock9 🕘|hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|double_vertical_bar ⏸️|black_square_for_stop ⏹️
hammer_and_wrench 🛠️|wrench 🔧|hammer 🔨|gear ⚙️|toolbox 🧰|construction 🚧|test_tube 🧪|ambulance 🚑|fire_engine 🚒|ship 🚢|airplane ✈️|house 🏠|office 🏢|school 🏫|department_store 🏬|busts_in_silhouette 👥|bust_in_silhouette 👤|technologist 🧑‍💻|signpost 🪧|placard 🪧|world_map 🗺️|compass 🧭|vertical_traffic_light 🚦
flag-nl 🇳🇱|flag-se 🇸🇪|flag-gb 🇬🇧|gb 🇬🇧|us 🇺🇸|flag-us 🇺🇸|flag-tw 🇹🇼|flag-be 🇧🇪|flag-hk 🇭🇰
`;

const EMOJI = new Map(
  LIST.trim().split(/[\n|]/).map((entry) => {
    const space = entry.indexOf(" ");
    return [entry.slice(0, space), entry.slice(space + 1)];
  }),
);

/** What the emoji picker of a message offers. */
export const QUICK = ["+1", "white_check_mark", "eyes", "tada", "heart", "joy", "thinking_face", "pray", "raised_hands", "-1", "x", "rocket"];

/** The character of a shortcode, without its skin tone; null when unknown. */
export function emojiCharacter(name) {
  return EMOJI.get(name.split("::")[0]) || null;
}
