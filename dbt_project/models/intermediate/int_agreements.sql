with

agreements as (

    select * from {{ ref('stg_agreements') }}

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
        {{ in_year('signed_on') }} as is_of_year,
        {{ active_at_year_end('signed_on', 'ends_on') }} as is_in_force,

        -- dates
        signed_on,
        ends_on,

        -- origin
        source_file,
        source_line
    from agreements

)

select * from final
