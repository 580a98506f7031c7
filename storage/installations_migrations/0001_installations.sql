-- Which workspaces installed the app, with the tokens Slack gave for each, and the states of
-- installations that are under way. These tables lie in a schema of their own, apart from what any
-- workspace's bot remembers, and no export or backup of the bot's reads them.

CREATE TABLE signpost.installation (
    team          text COLLATE "C" PRIMARY KEY,
    team_name     text NOT NULL,
    enterprise    text,
    app           text NOT NULL,
    bot           text NOT NULL,
    bot_user      text NOT NULL,
    scopes        text NOT NULL,
    installer     text NOT NULL,
    token         text NOT NULL,
    refresh_token text,
    expires_at    timestamptz,
    installed_at  timestamptz NOT NULL
);

CREATE TABLE signpost.oauth_state (
    state text COLLATE "C" PRIMARY KEY,
    until timestamptz NOT NULL
);
