//! Short words that a young child can read and type: everyday things with three to six letters.
//!
//! We chose the words by hand for what children can read by about the age of seven, the end of Year 2. We did not copy
//! them from an existing list, and did not test their reading age. No word is unkind, and none is a first name. No two
//! words differ by one changed, added or missing letter. So one such mistake never turns a word into a different
//! word. Tests check this last rule.
//!
//! Word passwords that are derived from a secret depend on this list (see `derived.rs`). If you add or remove a word,
//! all these passwords change. So a change of the list needs a new version of the derivation.

#[rustfmt::skip]
pub(super) const WORDS: &[&str] = &[
    "ACORN", "ALARM", "ANIMAL", "ANT", "APPLE", "APRON", "ARROW", "ATTIC", "BADGE", "BAGEL", "BANANA", "BASKET",
    "BEE", "BEETLE", "BELL", "BIKE", "BIRD", "BOAT", "BOOK", "BOOTS", "BOTTLE", "BRICK", "BRIDGE", "BROOM", "BRUSH",
    "BUBBLE", "BUCKET", "BUS", "BUTTER", "BUTTON", "CABIN", "CAKE", "CAMERA", "CANDLE", "CARPET", "CARROT", "CART",
    "CARTON", "CASTLE", "CHAIR", "CHEESE", "CHERRY", "CIRCLE", "CLIP", "CLOCK", "CLOTH", "CLOUD", "COMB", "COOKIE",
    "CORNER", "COTTON", "CRAB", "CRAYON", "CROWN", "CUP", "DESK", "DIGGER", "DINNER", "DOCTOR", "DOOR", "DRAGON",
    "DRAWER", "DRUM", "DUCK", "DUSTER", "EARTH", "EGG", "ELBOW", "FAMILY", "FARM", "FENCE", "FERRY", "FIELD",
    "FINGER", "FISH", "FLAG", "FLOOR", "FLOWER", "FOLDER", "FORK", "FOX", "FRAME", "FROG", "FRUIT", "GARDEN",
    "GATE", "GLASS", "GLOVE", "GLUE", "GOOSE", "GRAPE", "GRAVY", "GROUND", "GUITAR", "HAMMER", "HAND", "HAT",
    "HEDGE", "HILL", "HOUSE", "IGLOO", "IRON", "ISLAND", "JACKET", "JAM", "JELLY", "JIGSAW", "JUG", "JUICE",
    "JUMPER", "JUNGLE", "KETTLE", "KEY", "KITE", "KITTEN", "KIWI", "KOALA", "LADDER", "LAMP", "LAWN", "LEAF",
    "LEMON", "LETTER", "LID", "LION", "LIZARD", "LOG", "LOLLY", "LORRY", "LUNCH", "MAGIC", "MAP", "MARKET", "MELON",
    "MILK", "MINT", "MIRROR", "MOON", "MOTH", "MOTOR", "MUSIC", "NAPKIN", "NEST", "NOODLE", "NUMBER", "OFFICE",
    "ONION", "OVEN", "OWL", "PAINT", "PANDA", "PAPER", "PARCEL", "PARK", "PARTY", "PASTA", "PATH", "PEBBLE", "PEN",
    "PENCIL", "PETAL", "PIANO", "PICNIC", "PILLOW", "PILOT", "PIPE", "PIRATE", "PLANET", "PLATE", "PLUG", "PONY",
    "POSTER", "POTATO", "PUDDLE", "PUFFIN", "PUPPET", "PUPPY", "PUZZLE", "RABBIT", "RADIO", "RAFT", "RAIN",
    "RIBBON", "RICE", "RING", "ROBOT", "ROCKET", "ROOF", "ROPE", "RULER", "SAILOR", "SALAD", "SANDAL", "SAUCER",
    "SCARF", "SCHOOL", "SCREEN", "SEED", "SEESAW", "SHELL", "SHOP", "SHORTS", "SHOWER", "SIGN", "SINK", "SKATE",
    "SLIDE", "SNOW", "SOAP", "SOCK", "SOFA", "SONG", "SPADE", "SPIDER", "SPLASH", "SPONGE", "SPOON", "SPRING",
    "SQUARE", "STAIRS", "STAMP", "STAPLE", "STORY", "STRAW", "STREET", "SUGAR", "SUN", "SUPPER", "SWAN", "SWEETS",
    "SWING", "SWITCH", "TABLE", "TAIL", "TEAPOT", "TENNIS", "TENT", "THUMB", "TICKET", "TIGER", "TOAST", "TOMATO",
    "TORCH", "TOWEL", "TOY", "TRAY", "TREE", "TRUCK", "TUBE", "TULIP", "TUNNEL", "TURTLE", "TWIG", "VAN", "VASE",
    "VIDEO", "WALL", "WATER", "WAVE", "WEB", "WHEEL", "WINDOW", "WOOL", "YARD", "YOGURT", "ZEBRA", "ZIGZAG", "ZIP",
    "ZOO",
];
