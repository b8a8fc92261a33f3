//! The JSON that Wonde sends. It is read tolerantly, because MIS differ. But a page must be a list.

use serde::de::{IgnoredAny, MapAccess};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::call::JobError;
use super::loose::{Date, Include, LooseList, Many, Object, Text};

/// Reads an answer. The error text is not passed on, because it may quote the answer.
pub(super) fn read<'b, T: Deserialize<'b>>(body: &'b [u8], wrong: impl FnOnce() -> JobError) -> Result<T, JobError> {
    // Check UTF-8 once for the whole answer, instead of for each string.
    let text = std::str::from_utf8(body).map_err(|_| JobError::NotJson)?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => wrong(),
        _ => JobError::NotJson,
    })
}

macro_rules! objects {
    ($($(#[$about:meta])* $name:ident { $($key:literal $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Default, Serialize)]
        pub(super) struct $name {
            $(#[serde(rename = $key)] pub(super) $field: $type,)*
        }

        impl Object for $name {
            fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
                match key {
                    $($key => self.$field = map.next_value()?,)*
                    _ => drop(map.next_value::<IgnoredAny>()?),
                }
                Ok(())
            }
        }
    )*};
}

objects! {
    Meta { "pagination" pagination: Include<Pagination>, }
    Pagination {
        "next" next: Text,
        "more" more: Text,
    }
    /// The fields of a student that accounts need. Dates of birth, addresses and photos are not read.
    Student {
        "id" id: Text,
        "upi" upi: Text,
        "forename" forename: Text,
        "surname" surname: Text,
        "legal_forename" legal_forename: Text,
        "legal_surname" legal_surname: Text,
        "gender" gender: Text,
        "created_at" created_at: Date,
        "education_details" education: Include<Education>,
        "extended_details" extended: Include<Extended>,
        "contact_details" contact: Include<Contact>,
        "classes" classes: Many<Group>,
        "groups" groups: Many<Group>,
        "registration" registration: Include<Group>,
        "year" year: Include<Group>,
    }
    Education {
        "upn" upn: Text,
        "current_nc_year" current_nc_year: Text,
        "leaving_date" leaving_date: Date,
    }
    /// The names of these fields differ between MIS, and have changed over time.
    Extended {
        "ethnicity" ethnicity: Text,
        "ethnicity_code" ethnicity_code: Text,
        "sen_status" sen_status: Text,
        "premium_pupil_indicator" premium_pupil_indicator: Text,
        "pupil_premium" pupil_premium: Text,
        "english_as_additional_language" eal: Text,
        "english_as_additional_language_status" eal_status: Text,
        "eal_status" other_eal_status: Text,
    }
    Contact { "emails" emails: Include<Emails>, }
    Emails {
        "email" email: Text,
        "primary" primary: Text,
        "work" work: Text,
        "home" home: Text,
    }
    /// A class, a group or a year.
    Group {
        "name" name: Text,
        "code" code: Text,
        "type" kind: Text,
        "main_class" main_class: Text,
    }
    /// A row in the list of deletions. There is one for each student, but none for records that were deleted with a
    /// student.
    Deletion {
        "type" kind: Text,
        "id" id: Text,
        "restored_at" restored_at: Date,
    }
    Counts { "students" students: Include<Count>, }
    Count { "count" count: Text, }
    SchoolRow {
        "id" id: Text,
        "name" name: Text,
        "urn" urn: Text,
        "la_code" la_code: Text,
        "establishment_number" establishment_number: Text,
        "phase_of_education" phase: Text,
        "mis" mis: Text,
        "region" region: Include<Region>,
    }
    Region { "domain" domain: Text, }
    /// The state of Wonde's connection to a school.
    Status {
        "online" online: Text,
        "approved" approved: Text,
    }
    /// One permission of a school.
    Permission {
        "identity" identity: Text,
        "name" name: Text,
        "approved" approved: Text,
    }
    /// When a record was last changed.
    Changed { "updated_at" updated_at: Date, }
    WebhookBody {
        "payload_type" payload_type: Text,
        "school_id" school_id: Text,
        "school_name" school_name: Text,
        "school_token" school_token: Text,
        "revoke_reason" revoke_reason: Text,
        "decline_reason" decline_reason: Text,
        "completed_at" completed_at: Date,
    }
    /// The answer to a request for access, or to end it.
    Outcome {
        "success" success: Text,
        "state" state: Text,
    }
}

/// A list in Wonde's answer, or one page of it.
#[derive(Deserialize)]
#[serde(bound = "T: Object")]
pub(super) struct Page<T> {
    pub(super) data: LooseList<T>,
    #[serde(default)]
    meta: Include<Meta>,
}

impl<T> Page<T> {
    /// Returns where the list continues. An answer does not say this if everything fits on one page.
    pub(super) fn take_pagination(&mut self) -> Option<Pagination> {
        self.meta.0.take().and_then(|meta| meta.pagination.0)
    }
}
