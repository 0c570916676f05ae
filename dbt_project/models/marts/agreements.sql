with

agreements as (

    select * from {{ ref('int_agreements') }}

),

final as (

    select
        -- ids
        agreement_id,

        -- text
        counterparty,
        counterparty_type,

        -- booleans
        has_gender_clause,
        is_of_year,
        is_in_force,

        -- dates
        signed_on,
        ends_on,

        -- origin
        source_file,
        source_line
    from agreements

)

select * from final
