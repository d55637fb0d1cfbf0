-- The milter protocol as a mail server might speak it, rightly and not: by miltertest(8).
-- port: the gate's; it refuses spam.
local spam_body = "Dear Friend, you have won the sum of US$ 4,500,000.00 in our lottery. Please click\r\n" ..
	"http://198.51.100.7/claim to verify your account and password now. Viagra, cialis, cheap\r\n" ..
	"replica watches, 100% free, act now! Unsubscribe http://198.51.100.7/u\r\n"

local function must(what, ok)
	if not ok then error(what) end
end

local function open()
	local c = mt.connect("inet:" .. port .. "@127.0.0.1", 20, 0.1)
	must("connect", c)
	must("conninfo", mt.conninfo(c, "mail.example.net", "192.0.2.7") == nil)
	return c
end

local function envelope(c)
	mt.macro(c, SMFIC_MAIL, "i", "4TEST")
	must("mail", mt.mailfrom(c, "<a@friend.example.net>") == nil)
	must("rcpt", mt.rcptto(c, "<joe@example.org>") == nil)
end

local function ham(c)
	envelope(c)
	mt.header(c, "From", " Ann Meier <ann@friend.example.net>")
	mt.header(c, "To", " Joe <joe@example.org>")
	mt.header(c, "Subject", " Minutes of the meeting")
	mt.header(c, "Message-ID", " <1@friend.example.net>")
	mt.header(c, "X-Spam-Flag", " NO")
	must("eoh", mt.eoh(c) == nil)
	must("body", mt.bodystring(c, "Hello Joe,\r\n\r\nhere they are.\r\n\r\nAnn\r\n") == nil)
	must("eom", mt.eom(c) == nil)
	must("ham is let in: " .. mt.getreply(c), mt.getreply(c) == SMFIR_CONTINUE)
	must("the verdict is written", mt.eom_check(c, MT_HDRINSERT, "X-Cordon"))
	must("what claims to be ours is taken out", mt.eom_check(c, MT_HDRDELETE, "X-Spam-Flag"))
	must("no flag", not mt.eom_check(c, MT_HDRINSERT, "X-Spam-Flag"))
end

local function spam(c)
	envelope(c)
	mt.header(c, "Subject", " URGENT!!! YOU WON $$$ 100% FREE")
	mt.header(c, "From", ' "PayPal" <x@198.51.100.7>')
	mt.header(c, "Content-Type", " text/html")
	must("eoh", mt.eoh(c) == nil)
	must("body", mt.bodystring(c, spam_body) == nil)
	must("eom", mt.eom(c) == nil)
	must("spam is refused: " .. mt.getreply(c), mt.getreply(c) == SMFIR_REPLYCODE)
end

-- only what is needed is asked for
local c = open()
for _, o in ipairs({SMFIP_NOUNKNOWN, SMFIP_NODATA, SMFIP_NR_HDR, SMFIP_NR_CONN, SMFIP_NR_HELO, SMFIP_NR_MAIL,
	SMFIP_NR_RCPT, SMFIP_NR_EOH, SMFIP_NR_BODY}) do
	must("option " .. o, mt.test_option(c, o))
end
must("no change of the body", not mt.test_action(c, SMFIF_CHGBODY))
must("no recipients", not mt.test_action(c, SMFIF_ADDRCPT))
must("quarantine", mt.test_action(c, SMFIF_QUARANTINE))

-- several messages in a session; what is aborted leaves nothing behind
ham(c)
spam(c)
envelope(c)
mt.abort(c)
ham(c)
envelope(c)
mt.header(c, "Subject", " URGENT!!! YOU WON $$$ 100% FREE")
mt.eoh(c)
mt.bodystring(c, spam_body)
mt.abort(c)
ham(c)
spam(c)
mt.disconnect(c)

-- a head of many fields (miltertest itself takes none over a kilobyte)
c = open()
envelope(c)
mt.header(c, "X-Long", " " .. string.rep("x", 900))
mt.header(c, "X-Folded", string.rep("\n\tfold", 150))
for i = 1, 3000 do
	mt.header(c, "X-Spam-Flag", " NO")
end
mt.header(c, "Subject", "")
mt.eoh(c)
mt.bodystring(c, "x\r\n")
must("eom", mt.eom(c) == nil)
must("decided", mt.getreply(c) == SMFIR_CONTINUE or mt.getreply(c) == SMFIR_REPLYCODE)
ham(c)

-- nothing but an envelope; many recipients; a client that has no address
envelope(c)
must("eom", mt.eom(c) == nil)
envelope(c)
for i = 1, 5000 do
	mt.rcptto(c, "<user" .. i .. "@example.org>")
end
mt.eoh(c)
mt.bodyrandom(c, 3000000)
must("eom", mt.eom(c) == nil)
ham(c)
mt.disconnect(c)
c = mt.connect("inet:" .. port .. "@127.0.0.1")
must("conninfo", mt.conninfo(c, "localhost", "unspec") == nil)
ham(c)

-- gone in the middle, rudely, at every step; the next one does not notice
mt.disconnect(c, false)
for at = 1, 4 do
	c = open()
	if at > 1 then mt.mailfrom(c, "<a@friend.example.net>") end
	if at > 2 then mt.header(c, "Subject", " x") end
	if at > 3 then mt.eoh(c) mt.bodystring(c, "half a li") end
	mt.disconnect(c, false)
end
c = open()
ham(c)
spam(c)
mt.disconnect(c)

-- a mail server of old: version 2, no options at all; values come without their blank
c = mt.connect("inet:" .. port .. "@127.0.0.1")
must("negotiate", mt.negotiate(c, 2, 63, 127) == nil)
must("conninfo", mt.conninfo(c, "mail.example.net", "192.0.2.7") == nil)
must("it is answered at each step", mt.getreply(c) == SMFIR_CONTINUE)
spam(c)
mt.disconnect(c)
