with

members as (

    select * from {{ ref('stg_members') }}

),

standing as (

    select
        *,
        {{ active_at_year_end('joined_on', 'left_on') }} as is_member
    from members

),

final as (

    select
        -- ids
        member_id,

        -- text
        name,
        name_key,
        country_code,
        region,

        -- booleans
        is_board_member,
        is_member,
        is_member and {{ in_year('joined_on') }} as is_new,

        -- dates
        joined_on,
        left_on,

        -- origin
        source_file,
        source_line
    from standing

)

select * from final
