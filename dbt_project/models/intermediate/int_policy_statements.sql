with

policy_statements as (

    select * from {{ ref('stg_policy_statements') }}

),

final as (

    select
        -- text
        title,

        -- booleans
        has_gender_perspective,
        {{ in_year('issued_on') }} as is_of_year,

        -- dates
        issued_on,

        -- origin
        source_file,
        source_line
    from policy_statements

)

select * from final
